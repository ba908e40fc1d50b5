"""The tree of routes, and which of them an alert takes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from services.notifier.domain.routing.escalation import Escalation
from services.notifier.domain.routing.grouping import AT_ONCE, Grouping
from services.notifier.domain.routing.inhibition import InhibitRule
from services.notifier.domain.routing.labels import CHANGING
from services.notifier.domain.routing.matchers import LabelMatcher, Labels
from services.notifier.domain.routing.schedule import ALWAYS, MuteSchedule

NOBODY = "nobody"
"""A receiver for alerts that nobody is to get."""


@dataclass(frozen=True, slots=True)
class Route:
    """A node of the tree; `place` names it for people: file and line.

    With `goes_on` (`continue`) the routes behind it are asked too. An alert older than `max_age`
    is not sent by this route, nor any outside its `schedule`. `path`: the matchers that lead to it;
    with `takes_suspected` one of them asks for alerts that are only suspected.
    """

    place: str
    receiver: str
    matchers: tuple[LabelMatcher, ...] = ()
    goes_on: bool = False
    max_age: timedelta | None = None
    schedule: MuteSchedule = ALWAYS
    grouping: Grouping = AT_ONCE
    path: str = ""
    takes_suspected: bool = False
    routes: tuple["Route", ...] = ()

    def __str__(self) -> str:
        return f"{self.place} {{{', '.join(map(str, self.matchers))}}}"


@dataclass(frozen=True, slots=True)
class Routing:
    """A tree for `receivers`, all that are configured; `is_default`: no file gives it."""

    root: Route
    receivers: tuple[str, ...]
    is_default: bool = False
    inhibit_rules: tuple[InhibitRule, ...] = ()
    escalations: tuple[Escalation, ...] = ()


Find = Callable[[Route, Labels], tuple[Route, ...]]


def find_routes(route: Route, labels: Labels) -> tuple[Route, ...]:
    """The routes that are taken, in order: the deepest that match, else the route itself.

    Among its children the first that matches ends the search, unless it goes on.
    """
    if not all(matcher.holds(labels) for matcher in route.matchers):
        return ()
    taken: tuple[Route, ...] = ()
    for child in route.routes:
        found = find_routes(child, labels)
        taken += found
        if found and not child.goes_on:
            break
    return taken or (route,)


def find_reachable(route: Route, labels: Labels) -> tuple[Route, ...]:
    """Every route that some revision may take: the `CHANGING` labels may have any value."""
    if not all(matcher.name in CHANGING or matcher.holds(labels) for matcher in route.matchers):
        return ()
    reached: tuple[Route, ...] = ()
    is_passed = True
    for child in route.routes:
        reached += find_reachable(child, labels)
        if _always_matches(child, labels):
            is_passed = False
            if not child.goes_on:
                break
    return (*reached, route) if is_passed else reached


def _always_matches(route: Route, labels: Labels) -> bool:
    return all(matcher.name not in CHANGING and matcher.holds(labels) for matcher in route.matchers)
