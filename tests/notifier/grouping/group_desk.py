"""A channel with groups, its log, and a clock that jumps to what is due."""

from dataclasses import replace
from datetime import datetime

from schemas.alert import Alert
from services.notifier.adapters.routes_file import parse_routes
from services.notifier.domain.placement import place_alert
from services.notifier.domain.routing.tree import Routing
from services.notifier.domain.watch.acknowledgements import (
    AcknowledgementRequest,
    acknowledge_alert,
)
from services.notifier.domain.watch.acts import NO_ACTS, PeopleActs
from tests.fakes import FakeReceiver
from tests.notifier.alerts import SECOND, alert
from tests.notifier.desk import DeliveryDesk
from tests.notifier.watch.people import ALICE

MINUTE = 60 * SECOND
ROUTES = """
route:
  receiver: slack
  group_by: [rule]
  repeat_interval: 1h
  routes:
    - matchers: [level=low]
      digest: {at: '18:00'}
    - matchers: [group_muted=yes]
      mute_time_intervals: [afternoon]
inhibit_rules:
  - {source_matchers: [level=critical], target_matchers: [level=medium]}
time_intervals:
  - name: afternoon
    time_intervals: [{times: [{start_time: '12:00', end_time: '12:05'}]}]
"""


class GroupDesk(DeliveryDesk):
    """A channel at noon, with groups by rule."""

    def __init__(
        self, routing: Routing | None = None, receiver: FakeReceiver | None = None
    ) -> None:
        super().__init__(receiver=receiver)
        self.routing = routing or parse_routes("r", ROUTES.encode(), ("slack",))
        self.log.place = self.place

    def place(self, shown: Alert, receiver: str, now: datetime) -> str | None:
        return place_alert(self.routing, shown, receiver, now)

    def take_in_hand(self, until: datetime) -> None:
        """Alice acknowledges every alert."""
        request = AcknowledgementRequest()
        known = acknowledge_alert(alert("a"), ALICE, request, None, self.clock())
        known = known.model_copy(update={"ends_at": until})
        self.read_acts = lambda _since, now: (
            PeopleActs(acknowledgement=known) if now < until else NO_ACTS
        )

    def wake(self) -> None:
        """As an acknowledgement does: the group is decided on again."""
        for key, shown in list(self.log.groups.items()):
            queued = self.log.queue[key]
            self.log.queue[key] = replace(queued, due=self.clock())
            assert shown.members

    def handle_until(self, until: datetime) -> None:
        """Handle what is due until then, repeats included."""
        while due := [q.due for q in self.log.queue.values() if q.due <= until]:
            self.clock.now = max(self.clock.now, min(due))
            self.handle_next()
        self.clock.now = until

    @property
    def posts(self) -> list[tuple[datetime, list[str]]]:
        """When each message was first shown, and the alerts that it listed then."""
        return [(self.clock.now, list_ids(notices[0])) for notices in self.receiver.shown.values()]

    @property
    def shown(self) -> list[list[list[str]]]:
        """The alerts that each message listed, edit after edit."""
        return [[list_ids(notice) for notice in all_] for all_ in self.receiver.shown.values()]

    @property
    def told(self) -> list[list[str]]:
        """The changes that each reply told."""
        return [
            [f"{change.member.alert.id} {change.kind}" for change in notice.group.changes]
            for notice in self.receiver.replies
            if notice.group
        ]

    def reasons(self, identity: str) -> list[str]:
        """Why what was done about the alert."""
        return [f"{line.act}: {line.reason}" for line in self.lines if line.alert == identity]


def list_ids(notice: object) -> list[str]:
    group = getattr(notice, "group", None)
    return [member.alert.id for member in group.firing] if group else []
