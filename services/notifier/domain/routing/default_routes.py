"""The routes without a file."""

from collections.abc import Iterator, Sequence

from services.notifier.domain.routing.matchers import LabelMatcher, Operator
from services.notifier.domain.routing.receiver_names import CHANNEL, DIGEST_CHANNEL, DUTY_CHANNEL
from services.notifier.domain.routing.tree import NOBODY, Route, Routing

PLACE = "default"


def make_default_routing(names: Sequence[str]) -> Routing:
    """Every alert goes to every receiver, but for Slack's special channels.

    With a duty channel, alerts about Vedette itself go there and not to the watch's channel. The
    digest gets backfills.
    """
    routes = [Route(PLACE, name, tuple(_restrict(name, names)), goes_on=True) for name in names]
    root = Route(PLACE, names[0] if names else NOBODY, routes=tuple(routes))
    return Routing(root, tuple(names), is_default=True)


def _restrict(name: str, names: Sequence[str]) -> Iterator[LabelMatcher]:
    if name == DUTY_CHANNEL:
        yield LabelMatcher("duty", Operator.EQUAL, "true")
    if name == DIGEST_CHANNEL or (name == CHANNEL and DUTY_CHANNEL in names):
        yield LabelMatcher("duty", Operator.EQUAL, "false")
    if name == DIGEST_CHANNEL:
        yield LabelMatcher("backfill", Operator.EQUAL, "true")
