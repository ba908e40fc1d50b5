"""A review: the alerts of past events by the rules as they are and as they would be."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from schemas.alert import Alert, Level, Status
from schemas.event import Event
from services.matcher.domain.backtest.replay import Replay, replay
from services.matcher.domain.review.affected import (
    Affected,
    ReviewedRules,
    find_affected,
    narrow_to_affected,
)
from services.matcher.domain.review.alert_changes import ComparedAlert, pair_alerts
from services.matcher.domain.rules.rulebook import Rulebook, RuleKey


@dataclass(frozen=True, slots=True)
class LevelFrom:
    """The level of a hypothesis from a time on; None: below all levels."""

    at: datetime
    level: Level | None


@dataclass(frozen=True)
class RuleReview:
    """What a change does to the alerts of one rule, in the order of their groups."""

    key: RuleKey
    alerts: tuple[ComparedAlert, ...]

    @cached_property
    def changes(self) -> tuple[ComparedAlert, ...]:
        """Those that differ."""
        return tuple(alert for alert in self.alerts if alert.kind is not None)

    @property
    def unchanged(self) -> int:
        """How many alerts are as before."""
        return len(self.alerts) - len(self.changes)


@dataclass(frozen=True, slots=True)
class HypothesisReview:
    """The levels of one hypothesis before and after, in order of time."""

    key: RuleKey
    before: tuple[LevelFrom, ...]
    after: tuple[LevelFrom, ...]


@dataclass(frozen=True, slots=True)
class Review:
    """What a change of rules does to past events.

    `before` and `after` are every revision of the alerts of what is affected, `events` how many
    reports were read, `since` and `until` the times of the first and the last. `all_after` are the
    revisions of all alerts by the new rules, where they were asked for.
    """

    affected: Affected
    rules: tuple[RuleReview, ...]
    hypotheses: tuple[HypothesisReview, ...]
    before: tuple[Alert, ...]
    after: tuple[Alert, ...]
    events: int = 0
    since: datetime | None = None
    until: datetime | None = None
    all_after: tuple[Alert, ...] | None = None

    @property
    def span(self) -> timedelta:
        """The time that the events cover."""
        if self.since is None or self.until is None:
            return timedelta()
        return self.until - self.since


@dataclass(frozen=True, slots=True)
class ReviewPlan:
    """The rules that each side is replayed through; the replays may run beside each other."""

    affected: Affected
    before: Rulebook
    after: Rulebook
    all_rules: bool = False


def plan_review(base: ReviewedRules, head: ReviewedRules, *, all_rules: bool = False) -> ReviewPlan:
    """What has to be replayed: what is affected alone, on both sides.

    With `all_rules` the new rules are replayed as a whole, which costs what a backtest costs.
    """
    affected = find_affected(base, head)
    before = narrow_to_affected(base.rulebook, affected)
    after = head.rulebook if all_rules else narrow_to_affected(head.rulebook, affected)
    return ReviewPlan(affected, before, after, all_rules)


def replay_side(rulebook: Rulebook, events: Sequence[Event]) -> Replay:
    """The alerts of one side.

    Raises:
        Exception: whatever the code of a rule raises.
    """
    return replay(rulebook, events) if events and rulebook.windows else Replay()


def compare_replays(
    plan: ReviewPlan, before: Replay, after: Replay, events: Sequence[Event]
) -> Review:
    """The review of what came of the events on both sides."""
    affected = plan.affected
    times = [event.learned_at for event in events]
    return Review(
        affected,
        tuple(_review_rules(affected.rules, before, after)),
        tuple(_review_hypotheses(affected.hypotheses, before, after)),
        before=tuple(_keep_affected(before.alerts, affected)),
        after=tuple(_keep_affected(after.alerts, affected)),
        events=len(events),
        since=min(times, default=None),
        until=max(times, default=None),
        all_after=tuple(after.alerts) if plan.all_rules else None,
    )


def _keep_affected(alerts: Iterable[Alert], affected: Affected) -> Iterator[Alert]:
    keys = affected.rules | affected.hypotheses
    return (alert for alert in alerts if (alert.pack, alert.rule.name) in keys)


def _review_rules(keys: Iterable[RuleKey], before: Replay, after: Replay) -> Iterator[RuleReview]:
    old, new = _group_by_rule(before.final), _group_by_rule(after.final)
    for key in sorted(keys):
        yield RuleReview(key, tuple(pair_alerts(old.get(key, ()), new.get(key, ()))))


def _review_hypotheses(
    keys: Iterable[RuleKey], before: Replay, after: Replay
) -> Iterator[HypothesisReview]:
    old, new = _group_by_rule(before.alerts), _group_by_rule(after.alerts)
    for key in sorted(keys):
        yield HypothesisReview(
            key, _trace_levels(old.get(key, ())), _trace_levels(new.get(key, ()))
        )


def _group_by_rule(alerts: Iterable[Alert]) -> Mapping[RuleKey, list[Alert]]:
    groups: dict[RuleKey, list[Alert]] = {}
    for alert in alerts:
        groups.setdefault((alert.pack, alert.rule.name), []).append(alert)
    return groups


def _trace_levels(revisions: Iterable[Alert]) -> tuple[LevelFrom, ...]:
    """Each change of level; revisions that keep it are no step."""
    steps: list[LevelFrom] = []
    for alert in revisions:
        level = alert.level if alert.status is Status.FIRING else None
        if steps and steps[-1].at == alert.updated_at:
            steps.pop()  # the alert of a level ends when that of the next begins
        if level != (steps[-1].level if steps else None):
            steps.append(LevelFrom(alert.updated_at, level))
    return tuple(steps)
