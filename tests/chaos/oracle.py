"""The alerts that must come out, counted from the accepted reports. Knows nothing of the engine."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tests.chaos.pack import (
    ANSWER_SECONDS,
    BARRAGE,
    COUNCIL,
    PAGING,
    PLEDGES,
    ROCKETS,
    TRIPWIRE,
    UNANSWERED,
    Terms,
)
from tests.chaos.record import Accepted

FIRING, RESOLVED, WITHDRAWN = "firing", "resolved", "withdrawn"


class AlertKey(NamedTuple):
    """What names an alert on both sides: it stands in the alert's summary."""

    rule: str
    place: str


@dataclass(frozen=True, slots=True)
class Expected:
    """One alert that must come: how it ends, since when (epoch) it is due, and its reports."""

    end: str
    due: float
    identities: tuple[str, ...]

    def pages(self, mark: AlertKey) -> bool:
        """Whether the pager must hear of it."""
        return mark.rule in PAGING


@dataclass(frozen=True, slots=True)
class Foretold:
    """What must come, and what may come as long as it is withdrawn."""

    expected: Mapping[AlertKey, Expected]
    forgivable: frozenset[AlertKey]


def foretell(reports: Iterable[Accepted], terms: Terms) -> Foretold:
    """The whole of what the pack makes of `reports`, whatever their order."""
    stories: dict[AlertKey, list[Accepted]] = defaultdict(list)
    for report in reports:
        stories[AlertKey(_RULE_OF[report.part.base], report.part.place)].append(report)
    due = {mark: _due(mark.rule, told, terms) for mark, told in stories.items()}
    expected = {
        mark: Expected(
            FIRING if mark.rule == COUNCIL else RESOLVED,
            at,
            tuple(one.identity for one in stories[mark]),
        )
        for mark, at in due.items()
        if at is not None
    }
    asked = {mark for mark in stories if mark.rule == UNANSWERED and mark not in expected}
    late = frozenset(mark for mark in asked if _answered_late(stories[mark]))
    return Foretold(expected, late)


def _due(rule: str, reports: Sequence[Accepted], terms: Terms) -> float | None:
    """When the last report that it takes was accepted; None if it must stay silent."""
    if rule == UNANSWERED:
        return _unanswered(reports)
    holds = {
        TRIPWIRE: bool,
        BARRAGE: lambda known: _most_within(known, terms.span_seconds) >= ROCKETS,
        COUNCIL: lambda known: len({one.part.actor for one in known}) >= PLEDGES,
    }[rule]
    return _first(reports, holds)


def _first(
    reports: Sequence[Accepted], holds: Callable[[Sequence[Accepted]], bool]
) -> float | None:
    known: list[Accepted] = []
    for report in sorted(reports, key=lambda one: one.accepted_at):
        known.append(report)
        if holds(known):
            return report.accepted_at
    return None


def _most_within(reports: Sequence[Accepted], span: float) -> int:
    times = [one.occurred_at for one in reports]
    return max(sum(end - span < time <= end for time in times) for end in times)


def _unanswered(reports: Sequence[Accepted]) -> float | None:
    calls = [one for one in reports if one.part.base == "call"]
    if not calls:
        return None  # only the answer is known yet
    call = calls[0]
    answers = [one for one in reports if one.part.base == "answer"]
    edge = call.occurred_at + ANSWER_SECONDS
    if any(call.occurred_at <= one.occurred_at <= edge for one in answers):
        return None
    return max(edge, call.accepted_at)


def _answered_late(reports: Sequence[Accepted]) -> bool:
    """Whether the answer was accepted only after its time: silence until then was an absence."""
    calls = [one for one in reports if one.part.base == "call"]
    answers = [one for one in reports if one.part.base == "answer"]
    return any(
        answer.accepted_at > call.occurred_at + ANSWER_SECONDS
        for call in calls
        for answer in answers
    )


_RULE_OF = {
    "tripwire": TRIPWIRE,
    "rocket": BARRAGE,
    "pledge": COUNCIL,
    "call": UNANSWERED,
    "answer": UNANSWERED,
}
