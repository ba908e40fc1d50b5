"""What a review shows: plain values, from which each format is written."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from schemas.alert import Alert, Evidence
from schemas.pack import AlertBudget
from services.counts import format_count
from services.matcher.domain.review.affected import ReviewedRules
from services.matcher.domain.review.alert_changes import AlertDifferenceKind, ComparedAlert
from services.matcher.domain.review.review import (
    HypothesisReview,
    LevelFrom,
    Review,
    RuleReview,
)
from services.matcher.domain.review.weekly_load import (
    WeeklyLoad,
    find_excess,
    leave_out,
    measure_load,
)

LONGEST_QUOTE = 160


@dataclass(frozen=True, slots=True)
class ReviewedSides:
    """The names of the two sides, as they were given, and what they hold."""

    base_name: str
    head_name: str
    base: ReviewedRules
    head: ReviewedRules


@dataclass(frozen=True, slots=True)
class PackLoad:
    """What a pack costs a week, before and after."""

    pack: str
    before: WeeklyLoad
    after: WeeklyLoad


@dataclass(frozen=True, slots=True)
class ReviewReport:
    """A review with what it costs a week; `excess` has a line for each bound that is passed.

    `of_all_rules`: the load is of whole packs, else of the rules that may alert differently.
    """

    sides: ReviewedSides
    review: Review
    loads: tuple[PackLoad, ...]
    excess: tuple[str, ...] = ()
    of_all_rules: bool = False

    @property
    def title(self) -> str:
        """Both sides, and what they were tried on."""
        review = self.review
        span = ""
        if review.since is not None and review.until is not None:
            span = f", {review.since:%Y-%m-%d} to {review.until:%Y-%m-%d}"
        names = f"{self.sides.base_name} → {self.sides.head_name}"
        return f"{names} on {review.events:,} events{span}"

    @property
    def changed_rules(self) -> tuple[RuleReview, ...]:
        """The rules with alerts that differ."""
        return tuple(rule for rule in self.review.rules if rule.changes)

    @property
    def silent_rules(self) -> tuple[str, ...]:
        """The rules that may alert differently, and did not on these events."""
        return tuple("/".join(rule.key) for rule in self.review.rules if not rule.changes)

    @property
    def changed_hypotheses(self) -> tuple[HypothesisReview, ...]:
        """The hypotheses whose levels differ."""
        return tuple(each for each in self.review.hypotheses if each.before != each.after)


def make_report(
    sides: ReviewedSides, review: Review, is_page: Callable[[Alert], bool]
) -> ReviewReport:
    """The review with its load a week, and the bounds of `pack.yaml` that the new rules pass."""
    measure = partial(measure_load, is_page=is_page, span=review.span)
    before, after = measure(review.before), measure(review.after)
    whole = after if review.all_after is None else measure(review.all_after)
    loads = (
        _compare_load(pack, before.get(pack, NO_LOAD), after.get(pack, NO_LOAD), load)
        for pack, load in (dict.fromkeys(before, NO_LOAD) | dict(whole)).items()
    )
    return ReviewReport(
        sides,
        review,
        tuple(sorted(loads, key=lambda load: load.pack)),
        () if review.all_after is None else tuple(_list_excess(sides.head, review, is_page)),
        of_all_rules=review.all_after is not None,
    )


NO_LOAD = WeeklyLoad()


def _compare_load(pack: str, before: WeeklyLoad, after: WeeklyLoad, whole: WeeklyLoad) -> PackLoad:
    """What the pack costs as a `whole`, and what it cost with `before` in the place of `after`."""
    return PackLoad(
        pack,
        WeeklyLoad(
            whole.alerts - after.alerts + before.alerts, whole.pages - after.pages + before.pages
        ),
        whole,
    )


def has_budget(rules: ReviewedRules) -> bool:
    """Whether a pack bounds what it costs."""
    return any(pack.pack.budget != AlertBudget() for pack in rules.packs)


def _list_excess(
    head: ReviewedRules, review: Review, is_page: Callable[[Alert], bool]
) -> Iterable[str]:
    for pack in head.packs:
        excused = {each.document.name for each in pack.rules if each.document.over_budget}
        counted = leave_out(review.all_after or (), excused)
        load = measure_load(counted, is_page, review.span).get(pack.name, NO_LOAD)
        yield from (f"{pack.name}: {line}" for line in find_excess(pack.pack.budget, load))


def count_kinds(changes: Sequence[ComparedAlert]) -> Mapping[AlertDifferenceKind, int]:
    """How many alerts each kind of change has, in the order of the kinds."""
    counts = Counter(change.kind for change in changes)
    return {kind: counts[kind] for kind in AlertDifferenceKind}


def describe_change(change: ComparedAlert) -> str:
    """One line: what became of the alert."""
    match change:
        case ComparedAlert(Alert() as old, Alert() as new, kind=AlertDifferenceKind.LEVEL):
            return (
                f"{_describe_level(old)} → {_describe_level(new)} at {format_time(new.starts_at)}"
            )
        case ComparedAlert(Alert() as old, Alert() as new, kind=AlertDifferenceKind.MOVED):
            return f"{_describe_span(old)} → {_describe_span(new)}"
        case ComparedAlert(Alert() as old, Alert() as new, kind=AlertDifferenceKind.COUNT):
            return (
                f"{_describe_count(old)} → {_describe_count(new)} at {format_time(new.starts_at)}"
            )
    alert = change.shown
    return f"{format_time(alert.starts_at)} {_describe_level(alert)}, {_describe_count(alert)}"


def describe_group(alert: Alert) -> str:
    """The group of an alert: `country=IQ, place=Taji`; a drill says so."""
    pairs = [f"{field}={value}" for field, value in alert.group.items()]
    return ", ".join([*pairs, *(["DRILL"] if alert.exercise else [])])


def quote_evidence(change: ComparedAlert) -> str:
    """The newest piece of evidence that only one side has, else the newest: source and words."""
    other = change.before if change.after is not None else None
    known = {piece.event_id for piece in other.evidence} if other is not None else set[str]()
    pieces = change.shown.evidence
    piece = next((each for each in pieces if each.event_id not in known), next(iter(pieces), None))
    return "" if piece is None else f"{piece.source}: {_quote(piece)}"


def _quote(piece: Evidence) -> str:
    words = " ".join((piece.title or piece.excerpt or piece.event_id).split())
    return words if len(words) <= LONGEST_QUOTE else f"{words[: LONGEST_QUOTE - 1]}…"


def describe_steps(steps: Sequence[LevelFrom]) -> str:
    """The levels of a hypothesis in order: `low 2020-01-03 08:00Z, medium 2020-01-08 …`."""
    return ", ".join(f"{step.level or 'none'} {format_time(step.at)}" for step in steps) or "none"


def format_time(time: datetime) -> str:
    """To the minute, in UTC."""
    return f"{time:%Y-%m-%d %H:%M}Z"


def _describe_level(alert: Alert) -> str:
    return f"{alert.level}{' (uncorroborated)' if alert.uncorroborated else ''}"


def _describe_span(alert: Alert) -> str:
    end = alert.last_fired_at
    until = f" to {format_time(end)}" if end is not None and end != alert.starts_at else ""
    return f"{format_time(alert.starts_at)}{until}"


def _describe_count(alert: Alert) -> str:
    value = f", value {alert.value:g}" if alert.value is not None else ""
    return f"{format_count(alert.evidence_count, 'report')}{value}"
