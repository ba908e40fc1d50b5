"""The alerts that must arrive, counted from the accepted reports without any code of the engine."""

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
    PackTiming,
)
from tests.chaos.record import Accepted

FIRING, RESOLVED, WITHDRAWN = "firing", "resolved", "withdrawn"


class AlertKey(NamedTuple):
    """Names an alert for the oracle and at the receiver: the alert's summary contains it."""

    rule: str
    place: str


@dataclass(frozen=True, slots=True)
class ExpectedOutcome:
    """One alert that must arrive: its last status, when it is due (epoch), and its reports."""

    end: str
    due: float
    identities: tuple[str, ...]

    def is_paged(self, key: AlertKey) -> bool:
        """Whether PagerDuty must get it."""
        return key.rule in PAGING


@dataclass(frozen=True, slots=True)
class Prediction:
    """The alerts that must arrive, and those that may if they are withdrawn."""

    expected: Mapping[AlertKey, ExpectedOutcome]
    may_be_withdrawn: frozenset[AlertKey]


def predict(reports: Iterable[Accepted], timing: PackTiming) -> Prediction:
    """All alerts that the pack makes of `reports`, in whatever order they come."""
    stories: dict[AlertKey, list[Accepted]] = defaultdict(list)
    for report in reports:
        stories[AlertKey(_RULE_OF[report.part.base], report.part.place)].append(report)
    due = {key: _due_at(key.rule, known, timing) for key, known in stories.items()}
    expected = {
        key: ExpectedOutcome(
            FIRING if key.rule == COUNCIL else RESOLVED,
            at,
            tuple(report.identity for report in stories[key]),
        )
        for key, at in due.items()
        if at is not None
    }
    passing = (key for key, known in stories.items() if _may_pass(key.rule, known, timing))
    return Prediction(expected, frozenset(passing))


def _due_at(rule: str, reports: Sequence[Accepted], timing: PackTiming) -> float | None:
    """When the report that completes it was accepted; None if no alert may come."""
    *_, last = _choose_versions(reports)
    due = _due_without_corrections(rule, last, timing)
    taken_back = [report.accepted_at for report in reports if report.part.name is not None]
    return due if due is None or rule != UNANSWERED else max([due, *taken_back])


def _may_pass(rule: str, reports: Sequence[Accepted], timing: PackTiming) -> bool:
    """Whether an alert may come that is withdrawn.

    An answer came too late, or something fires with another version of a report than the last.
    """
    if rule == UNANSWERED and _answered_late(reports):
        return True
    *others, _ = _choose_versions(reports)
    return any(_due_without_corrections(rule, known, timing) is not None for known in others)


def _choose_versions(reports: Sequence[Accepted]) -> list[list[Accepted]]:
    """The reports with each version, in turn, of the one that is corrected; with the last at last.

    A story has at most one such report.
    """
    versions = sorted((each for each in reports if each.part.name is not None), key=_recorded)
    single = [each for each in reports if each.part.name is None]
    return [[*single, version] for version in versions] or [single]


def _recorded(report: Accepted) -> tuple[bool, float]:
    """Of the corrections the last recorded counts; what they correct never does after them."""
    part = report.part
    return part.retracts is not None or part.supersedes is not None, report.accepted_at


def _due_without_corrections(
    rule: str, reports: Sequence[Accepted], timing: PackTiming
) -> float | None:
    if rule == UNANSWERED:
        return _absence_due_at(reports)
    known = [report for report in reports if not report.part.is_empty]
    holds = {
        TRIPWIRE: bool,
        BARRAGE: lambda known: _most_within(known, timing.span_seconds) >= ROCKETS,
        COUNCIL: lambda known: len({report.part.actor for report in known}) >= PLEDGES,
    }[rule]
    return _first_time(known, holds)


def _first_time(
    reports: Sequence[Accepted], holds: Callable[[Sequence[Accepted]], bool]
) -> float | None:
    known: list[Accepted] = []
    for report in sorted(reports, key=lambda report: report.accepted_at):
        known.append(report)
        if holds(known):
            return report.accepted_at
    return None


def _most_within(reports: Sequence[Accepted], span: float) -> int:
    times = [report.occurred_at for report in reports]
    return max(sum(end - span < time <= end for time in times) for end in times)


def _absence_due_at(reports: Sequence[Accepted]) -> float | None:
    calls = _of_base(reports, "call")
    if not calls:
        return None  # only the answer is known yet
    call = calls[0]
    answers = _of_base(reports, "answer")
    edge = call.occurred_at + ANSWER_SECONDS
    if any(call.occurred_at <= answer.occurred_at <= edge for answer in answers):
        return None
    return max(edge, call.accepted_at)


def _answered_late(reports: Sequence[Accepted]) -> bool:
    """Whether an answer was accepted after the time it was due: until then it was absent."""
    calls = _of_base(reports, "call")
    answers = _of_base(reports, "answer")
    return any(
        answer.accepted_at > call.occurred_at + ANSWER_SECONDS
        for call in calls
        for answer in answers
    )


def _of_base(reports: Sequence[Accepted], base: str) -> list[Accepted]:
    return [report for report in reports if report.part.base == base and not report.part.is_empty]


_RULE_OF = {
    "tripwire": TRIPWIRE,
    "rocket": BARRAGE,
    "pledge": COUNCIL,
    "call": UNANSWERED,
    "answer": UNANSWERED,
}
