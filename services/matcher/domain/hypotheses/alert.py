"""The alert of a hypothesis: one for as long as it is at any level, a revision for each move."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from schemas.alert import (
    HYPOTHESIS_LEVELS,
    MOST_EVIDENCE,
    Alert,
    Evidence,
    LevelMove,
    RuleRef,
    Status,
    alert_id,
    fingerprint,
    window_key,
)
from services.matcher.domain.alerts.announce import GONE
from services.matcher.domain.hypotheses.cause import Cause, CauseKind
from services.matcher.domain.hypotheses.crossing import Crossing
from services.matcher.domain.hypotheses.hypothesis import LEVELS, WatchedHypothesis
from services.matcher.domain.hypotheses.indicator_status import IndicatorState, assess_indicators
from services.matcher.domain.hypotheses.phase import describe_phase, find_phase
from services.matcher.domain.hypotheses.score import build_score_curve
from services.matcher.domain.hypotheses.state import HypothesisState
from services.matcher.domain.windows.state import instant

_LONGEST_SUMMARY = 1000
_MOST_TO_LOOK_FOR = 3
OBSERVED = "observed"
_INDICATORS = re.compile(rf"; (?:phase \d+ of \d+|{OBSERVED}): ")
"""What the indicators begin with in the words of an alert."""


@dataclass(frozen=True, slots=True)
class LevelChange:
    """The rank `before` became that of `crossing`, because of `cause`; known at `now`."""

    before: int
    crossing: Crossing
    cause: Cause
    now: int


def begin_level_alert(
    hypothesis: WatchedHypothesis, state: HypothesisState, change: LevelChange
) -> Alert:
    """The alert of a hypothesis that reaches its first level."""
    at = change.crossing.at
    key = window_key(hypothesis.pack, hypothesis.name, hypothesis.group, exercise=state.exercise)
    level = LEVELS[change.crossing.rank - 1][1]
    alert = Alert(
        id=alert_id(fingerprint(key), at, state.serial),
        fingerprint=fingerprint(key),
        revision=1,
        status=Status.FIRING,
        rule=RuleRef(name=hypothesis.name, title=hypothesis.title, level=level),
        pack=hypothesis.pack,
        group=hypothesis.group,
        level=level,
        summary="",
        starts_at=instant(at),
        updated_at=instant(change.now),
        detected_at=instant(change.now),
        hypotheses=hypothesis.names,
        explain="",
        backfill=_is_backfilled(state, change.cause),
        exercise=state.exercise,
    )
    return alert.model_copy(update=_describe_level(hypothesis, state, change))


def move_level_alert(
    hypothesis: WatchedHypothesis, state: HypothesisState, alert: Alert, change: LevelChange
) -> Alert:
    """The next revision of the alert, at another level."""
    level = LEVELS[change.crossing.rank - 1][1]
    moved = {
        "revision": alert.revision + 1,
        "rule": alert.rule.model_copy(update={"level": level}),
        "level": level,
        "updated_at": instant(change.now),
        "backfill": alert.backfill and _is_backfilled(state, change.cause),
    }
    return alert.model_copy(update=moved | _describe_level(hypothesis, state, change))


def end_level_alert(
    hypothesis: WatchedHypothesis, state: HypothesisState, alert: Alert, change: LevelChange
) -> Alert:
    """The alert below all levels: resolved, or withdrawn with the alert that led to its level."""
    crossing, cause = change.crossing, change.cause
    is_gone = cause.kind is CauseKind.WITHDRAWN and cause.alert == state.cause_alert
    move = _describe_move(hypothesis, state, change)
    return alert.model_copy(
        update={
            "revision": alert.revision + 1,
            "status": Status.WITHDRAWN if is_gone else Status.RESOLVED,
            "reason": GONE if is_gone else None,
            "updated_at": instant(change.now),
            "resolved_at": max(alert.starts_at, instant(crossing.at)),
            "value": move.score,
            "summary": _summarize(hypothesis, _level_name(crossing.rank), change),
            "explain": _explain(hypothesis, state, change),
            "move": move,
        }
    )


def _describe_level(
    hypothesis: WatchedHypothesis, state: HypothesisState, change: LevelChange
) -> dict[str, object]:
    """What an alert says of the level that it moves to."""
    evidence = _collect_all_evidence(hypothesis, state, change)
    move = _describe_move(hypothesis, state, change)
    return {
        "summary": _summarize(hypothesis, _level_name(change.crossing.rank), change),
        "action": _suggest_action(change.cause, move),
        "value": move.score,
        "evidence": evidence[:MOST_EVIDENCE],
        "evidence_count": len(evidence),
        "explain": _explain(hypothesis, state, change),
        "move": move,
    }


def _describe_move(
    hypothesis: WatchedHypothesis, state: HypothesisState, change: LevelChange
) -> LevelMove:
    before, after = change.before, change.crossing.rank
    reached = max(after, 1) if after > before else min(after + 1, before)
    return LevelMove(
        before=HYPOTHESIS_LEVELS[before],
        after=HYPOTHESIS_LEVELS[after],
        score=_round_score(hypothesis, state, change.crossing.at),
        threshold=hypothesis.thresholds[reached - 1],
        because=str(change.cause),
        missing=_list_missing(hypothesis, state, change.crossing.at),
    )


def refresh_level_alert(
    hypothesis: WatchedHypothesis, state: HypothesisState, alert: Alert, at: int, now: int
) -> Alert:
    """The next revision of the alert, with its indicators as they are at `at`; known at `now`."""
    why = _INDICATORS.split(alert.explain, maxsplit=1)[0]
    return alert.model_copy(
        update={
            "revision": alert.revision + 1,
            "updated_at": instant(now),
            "explain": "; ".join([why, *_list_indicators(hypothesis, state, at)]),
        }
    )


def collect_evidence(
    hypothesis: WatchedHypothesis, state: HypothesisState, rule: str
) -> tuple[Evidence, ...]:
    """The reports of an indicator, newest first, with those from before Vedette watched.

    A prior observation is left out where an alert has the same time: it is the same.
    """
    valid = [
        observation for observation in state.observations.get(rule, ()) if not observation.withdrawn
    ]
    raw = {
        (report["source"], report["event_id"]): report
        for observation in valid
        for report in observation.evidence
    }
    reports = map(Evidence.model_validate, raw.values())
    prior = _collect_prior_evidence(hypothesis, rule, [observation.at for observation in valid])
    return tuple(
        sorted(
            [*reports, *prior],
            key=lambda report: (report.occurred_at, report.source, report.event_id),
            reverse=True,
        )
    )


def _collect_all_evidence(
    hypothesis: WatchedHypothesis, state: HypothesisState, change: LevelChange
) -> tuple[Evidence, ...]:
    """The reports of every indicator that is observed, and of the one that led to the move."""
    statuses = assess_indicators(hypothesis, state, change.crossing.at)
    observed = {each.rule for each in statuses if each.state is IndicatorState.OBSERVED}
    reports = {
        (report.source, report.event_id): report
        for rule in sorted(observed | {change.cause.rule})
        for report in collect_evidence(hypothesis, state, rule)
    }
    return tuple(sorted(reports.values(), key=lambda each: each.occurred_at, reverse=True))


def _collect_prior_evidence(
    hypothesis: WatchedHypothesis, rule: str, times: Sequence[int]
) -> Iterator[Evidence]:
    for prior in hypothesis.observed:
        if prior.rule == rule and not any(prior.at <= at <= prior.until for at in times):
            at = instant(prior.at)
            yield Evidence(
                event_id=f"{hypothesis.name}:{rule}:{at.isoformat()}",
                source="observed before",
                occurred_at=at,
                excerpt=prior.note,
            )


def _is_backfilled(state: HypothesisState, cause: Cause) -> bool:
    observations = state.observations.get(cause.rule, ())
    return any(
        observation.alert == cause.alert and observation.backfill for observation in observations
    )


def _round_score(hypothesis: WatchedHypothesis, state: HypothesisState, at: int) -> float:
    return round(build_score_curve(hypothesis, state).score(at), 3)


def _level_name(rank: int) -> str:
    return LEVELS[rank - 1][0] if rank else "below watch"


def _summarize(hypothesis: WatchedHypothesis, level: str, change: LevelChange) -> str:
    title = hypothesis.title[: _LONGEST_SUMMARY // 2]
    was = f", was {_level_name(change.before)}" if change.before else ""
    return f"{title}: {level}{was}; {change.cause}"[:_LONGEST_SUMMARY]


def _suggest_action(cause: Cause, move: LevelMove) -> str:
    names = ", ".join(move.missing)
    also = f", then look for what has not shown: {names}" if names else ""
    return f"Check {cause.rule}{also}."


def _list_missing(
    hypothesis: WatchedHypothesis, state: HypothesisState, at: int
) -> tuple[str, ...]:
    """The indicators to look for: those being watched first, then those that weigh most."""
    weights = {indicator.rule: indicator.weight for indicator in hypothesis.indicators}
    missing = [
        status
        for status in assess_indicators(hypothesis, state, at)
        if status.state is not IndicatorState.OBSERVED and weights[status.rule] > 0
    ]
    missing.sort(key=lambda status: (status.distance is None, -weights[status.rule]))
    return tuple(status.rule for status in missing[:_MOST_TO_LOOK_FOR])


def _explain(hypothesis: WatchedHypothesis, state: HypothesisState, change: LevelChange) -> str:
    score = _explain_score(hypothesis, state, change)
    indicators = _list_indicators(hypothesis, state, change.crossing.at)
    return "; ".join([f"{change.cause}: {score}", *indicators])


def _list_indicators(
    hypothesis: WatchedHypothesis, state: HypothesisState, at: int
) -> Iterator[str]:
    observed, watching, blind = [], [], []
    for status in assess_indicators(hypothesis, state, at):
        if status.state is IndicatorState.OBSERVED:
            observed.append(f"{status.rule} {status.contribution:+.2f}")
        elif status.distance is not None:
            watching.append(f"{status.rule} ({status.distance.describe(at)})")
        elif status.state is IndicatorState.BLIND:
            blind.append(status.rule)
    scheduled = [
        f"{span.title} until {instant(span.end):%Y-%m-%d %H:%M} UTC"
        for span in hypothesis.scheduled
        if span.holds(at)
    ]
    lists = {"watching": watching, "blind": blind, "scheduled": scheduled}
    lists = {OBSERVED: observed or ["nothing"], **lists}
    if number := find_phase(build_score_curve(hypothesis, state), at):
        yield describe_phase(hypothesis, number)
    yield from (f"{name}: {', '.join(items)}" for name, items in lists.items() if items)


def _explain_score(
    hypothesis: WatchedHypothesis, state: HypothesisState, change: LevelChange
) -> str:
    at, rank = change.crossing.at, change.crossing.rank
    score = _round_score(hypothesis, state, at)
    reached = f"the score came to {score:.2f} at {instant(at):%Y-%m-%d %H:%M} UTC"
    if rank > change.before:
        return f"{reached}, and {_level_name(rank)} asks for {hypothesis.thresholds[rank - 1]:g}"
    left = rank + 1
    bound = f"{_level_name(left)} asks for {hypothesis.thresholds[left - 1]:g}"
    return f"{reached}; {bound} and is left below {hypothesis.lower_threshold(left):g}"
