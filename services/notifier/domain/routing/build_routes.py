"""From the file of routes to the tree, with every fault that only the whole shows."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from itertools import chain

from services.notifier.domain.routing.escalation import Escalation, EscalationStep
from services.notifier.domain.routing.grouping import (
    ALERTMANAGER_DEFAULTS,
    EACH_ALERT,
    Grouping,
)
from services.notifier.domain.routing.inhibition import InhibitRule
from services.notifier.domain.routing.labels import SUSPECTED
from services.notifier.domain.routing.matchers import Operator
from services.notifier.domain.routing.receiver_names import ONE_BY_ONE
from services.notifier.domain.routing.routes_document import (
    EscalationDocument,
    InhibitDocument,
    RouteDocument,
    RoutesDocument,
)
from services.notifier.domain.routing.schedule import MuteSchedule, TimeInterval
from services.notifier.domain.routing.tree import NOBODY, Route, Routing

FieldPath = tuple[str | int, ...]
Intervals = Mapping[str, tuple[TimeInterval, ...]]

_BELOW = "the route at the top takes every alert, always: put it into a route below"
_NOT_AT_TOP = {
    "matchers": _BELOW,
    "mute_time_intervals": _BELOW,
    "active_time_intervals": _BELOW,
    "goes_on": "nothing comes behind the route at the top",
}


@dataclass(frozen=True, slots=True)
class RouteError:
    """What is wrong with a field of the file."""

    path: FieldPath
    message: str


@dataclass(frozen=True, slots=True)
class RouteBuilder:
    """Builds the tree of a document; `lines`: where its fields are written."""

    file: str
    lines: Mapping[FieldPath, int]
    intervals: Intervals

    def build(self, document: RouteDocument, path: FieldPath, above: Route | None) -> Route:
        """The route and all below it, with what it has from the route above."""
        route = Route(
            place=f"{self.file}:{self.lines.get(path, 1)}",
            receiver=document.receiver or (above.receiver if above else NOBODY),
            matchers=document.all_matchers,
            goes_on=document.goes_on,
            max_age=document.max_age or (above.max_age if above else None),
            schedule=self._build_schedule(document),
            grouping=_build_grouping(document, above),
            takes_suspected=_takes_suspected(document, above),
            path=f"{above.path if above else ''}/{{{','.join(map(str, document.all_matchers))}}}",
        )
        below = enumerate(document.routes)
        paths = (((*path, "routes", index), child) for index, child in below)
        return replace(route, routes=tuple(self.build(child, at, route) for at, child in paths))

    def build_escalation(self, document: EscalationDocument, index: int) -> Escalation:
        """A policy of escalation."""
        return Escalation(
            place=f"{self.file}:{self.lines.get(('escalations', index), 1)}",
            matchers=tuple(chain.from_iterable(document.matchers)),
            steps=tuple(EscalationStep(step.receiver, step.after) for step in document.steps),
        )

    def build_inhibition(self, document: InhibitDocument, index: int) -> InhibitRule:
        """A rule of inhibition."""
        return InhibitRule(
            place=f"{self.file}:{self.lines.get(('inhibit_rules', index), 1)}",
            sources=tuple(chain.from_iterable(document.source_matchers)),
            targets=tuple(chain.from_iterable(document.target_matchers)),
            equal=document.equal,
        )

    def _build_schedule(self, document: RouteDocument) -> MuteSchedule:
        mute, active = document.mute_time_intervals, document.active_time_intervals
        return MuteSchedule(self._collect(mute), self._collect(active), has_active=bool(active))

    def _collect(self, names: Sequence[str]) -> tuple[TimeInterval, ...]:
        return tuple(interval for name in names for interval in self.intervals[name])


def _takes_suspected(document: RouteDocument, above: Route | None) -> bool:
    """Whether the route, or one above it, asks for what is only suspected."""
    asks = (
        each.name == SUSPECTED and each.value == "true" and each.operator is Operator.EQUAL
        for each in document.all_matchers
    )
    return any(asks) or (above is not None and above.takes_suspected)


def build_routing(
    document: RoutesDocument, file: str, lines: Mapping[FieldPath, int], receivers: Sequence[str]
) -> Routing:
    """The tree of a document without errors."""
    intervals = {
        named.name: tuple(each.build() for each in named.time_intervals)
        for named in document.time_intervals
    }
    builder = RouteBuilder(file, lines, intervals)
    root = builder.build(document.route, ("route",), None)
    rules = enumerate(document.inhibit_rules)
    inhibit_rules = tuple(builder.build_inhibition(rule, index) for index, rule in rules)
    policies = enumerate(document.escalations)
    escalations = tuple(builder.build_escalation(each, index) for index, each in policies)
    return Routing(root, tuple(receivers), inhibit_rules=inhibit_rules, escalations=escalations)


def _build_grouping(document: RouteDocument, above: Route | None) -> Grouping:
    """What the route says; the rest is that of the route above, at the top Alertmanager's."""
    base = above.grouping if above else ALERTMANAGER_DEFAULTS
    return Grouping(
        labels=_choose_labels(document.group_by, base),
        wait=base.wait if document.group_wait is None else document.group_wait,
        interval=document.group_interval or base.interval,
        repeat=document.repeat_interval or base.repeat,
        holds_first=document.group_wait is not None,
        holds_changes=document.group_interval is not None,
        digest=document.digest.build() if document.digest else None,
    )


def _choose_labels(group_by: tuple[str, ...] | None, base: Grouping) -> tuple[str, ...] | None:
    # an empty list is as good as none, as at Alertmanager
    if not group_by:
        return base.labels
    return None if EACH_ALERT in group_by else tuple(sorted(group_by))


def list_route_errors(document: RoutesDocument, receivers: Collection[str]) -> Iterator[RouteError]:
    """Names that do not exist, and what the route at the top may not have."""
    if document.route.receiver is None:
        yield RouteError(("route", "receiver"), "is missing: who gets what no route below takes?")
    for name, message in _NOT_AT_TOP.items():
        if getattr(document.route, name):
            yield RouteError(("route", "continue" if name == "goes_on" else name), message)
    counts = Counter(named.name for named in document.time_intervals)
    for index, named in enumerate(document.time_intervals):
        if counts[named.name] > 1:
            yield RouteError(("time_intervals", index, "name"), f"{named.name!r} is there twice")
    yield from _list_unknown(document.route, ("route",), receivers, counts)
    yield from _list_paged_digests(document.route, ("route",), None)
    yield from _list_unknown_steps(document, receivers)


def _list_unknown(
    route: RouteDocument, path: FieldPath, receivers: Collection[str], intervals: Collection[str]
) -> Iterator[RouteError]:
    if route.receiver is not None and route.receiver not in (*receivers, NOBODY):
        hint = _suggest(route.receiver, (*receivers, NOBODY))
        yield RouteError((*path, "receiver"), f"there is no receiver {route.receiver!r}: {hint}")
    for field in ("mute_time_intervals", "active_time_intervals"):
        for index, name in enumerate(getattr(route, field)):
            if name not in intervals:
                hint = _suggest(name, intervals)
                message = f"there is no time interval {name!r}: {hint}"
                yield RouteError((*path, field, index), message)
    for index, below in enumerate(route.routes):
        yield from _list_unknown(below, (*path, "routes", index), receivers, intervals)


def _list_unknown_steps(
    document: RoutesDocument, receivers: Collection[str]
) -> Iterator[RouteError]:
    for index, escalation in enumerate(document.escalations):
        for number, step in enumerate(escalation.steps):
            if step.receiver not in receivers:
                path = ("escalations", index, "steps", number, "receiver")
                hint = _suggest(step.receiver, receivers)
                yield RouteError(path, f"there is no receiver {step.receiver!r}: {hint}")


def _list_paged_digests(
    route: RouteDocument, path: FieldPath, above: str | None
) -> Iterator[RouteError]:
    receiver = route.receiver or above
    if route.digest is not None and receiver in ONE_BY_ONE:
        yield RouteError(
            (*path, "digest"), f"{receiver} gets each alert by itself: send a digest to a channel"
        )
    for index, below in enumerate(route.routes):
        yield from _list_paged_digests(below, (*path, "routes", index), receiver)


def _suggest(name: str, known: Collection[str]) -> str:
    close = get_close_matches(name, known, n=1)
    return f"did you mean {close[0]}?" if close else f"write {' or '.join(known) or 'none'}"
