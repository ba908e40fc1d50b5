"""A desk whose route is muted."""

from services.notifier.adapters.routes_file import parse_routes
from tests.notifier.desk import DeliveryDesk

AFTERNOON = """
route:
  receiver: slack
  group_wait: 0s
  group_interval: 1s
  routes:
    - matchers: [{matcher}]
      mute_time_intervals: [afternoon]
time_intervals:
  - name: afternoon
    time_intervals: [{{times: [{{start_time: 12:00, end_time: 18:00}}]}}]
"""


def muted_desk(matcher: str = "level=high") -> DeliveryDesk:
    """A desk at noon whose route is muted until six."""
    desk = DeliveryDesk()
    text = AFTERNOON.format(matcher=matcher)
    desk.routing = parse_routes("r", text.encode(), ("slack",))
    return desk
