"""Alerts of hypotheses: one for each level that stands, ended by the level that follows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from schemas.alert import (
    MOST_EVIDENCE,
    Alert,
    Evidence,
    RuleRef,
    Status,
    alert_id,
    fingerprint,
    window_key,
)
from services.matcher.domain.alerts.announce import GONE
from services.matcher.domain.hypotheses.crossing import Crossing
from services.matcher.domain.hypotheses.hypothesis import LEVELS, WatchedHypothesis
from services.matcher.domain.hypotheses.indicator_status import IndicatorState, standings
from services.matcher.domain.hypotheses.move import Move
from services.matcher.domain.hypotheses.score import course_of
from services.matcher.domain.hypotheses.state import HypothesisState
from services.matcher.domain.windows.state import instant

_LONGEST_SUMMARY = 1000
_MOST_TO_LOOK_FOR = 3
OBSERVED = "observed"


@dataclass(frozen=True, slots=True)
class LevelChange:
    """From `before` the level became that of `crossing`, because of `move`; heard of at `now`."""

    before: int
    crossing: Crossing
    move: Move
    now: int


def begun(hypothesis: WatchedHypothesis, state: HypothesisState, change: LevelChange) -> Alert:
    """The alert of the level that begins."""
    at, (name, level) = change.crossing.at, LEVELS[change.crossing.rank - 1]
    mark = fingerprint(
        window_key(hypothesis.pack, hypothesis.name, hypothesis.group, exercise=state.exercise)
    )
    evidence = evidence_of(hypothesis, state, change.move.rule)
    return Alert(
        id=alert_id(mark, at, state.serial),
        fingerprint=mark,
        revision=1,
        status=Status.FIRING,
        rule=RuleRef(name=hypothesis.name, title=hypothesis.title, level=level),
        pack=hypothesis.pack,
        group=hypothesis.group,
        level=level,
        summary=_summary(hypothesis, name, change),
        action=_action(hypothesis, state, change),
        starts_at=instant(at),
        updated_at=instant(change.now),
        detected_at=instant(change.now),
        value=_score(hypothesis, state, at),
        evidence=evidence[:MOST_EVIDENCE],
        evidence_count=len(evidence),
        hypotheses=(hypothesis.name,),
        explain=_explained(hypothesis, state, change),
        backfill=_backfilled(state, change.move),
        exercise=state.exercise,
    )


def ended(
    hypothesis: WatchedHypothesis, state: HypothesisState, alert: Alert, change: LevelChange
) -> Alert:
    """The alert of the level that ends: resolved, or withdrawn with the alert that led to it."""
    how = change.move.how == "was withdrawn"
    mistaken = how and change.move.alert == state.mover and change.crossing.rank < change.before
    return alert.model_copy(
        update={
            "revision": alert.revision + 1,
            "status": Status.WITHDRAWN if mistaken else Status.RESOLVED,
            "reason": GONE if mistaken else None,
            "updated_at": instant(change.now),
            "resolved_at": max(alert.starts_at, instant(change.crossing.at)),
            "value": _score(hypothesis, state, change.crossing.at),
            "summary": _summary(hypothesis, _level_name(change.crossing.rank), change),
            "explain": _explained(hypothesis, state, change),
        }
    )


def told_anew(
    hypothesis: WatchedHypothesis, state: HypothesisState, alert: Alert, times: tuple[int, int]
) -> Alert:
    """The alert with its indicators as they are at the first of `times`, told at the second."""
    at, now = times
    why = alert.explain.partition(f"; {OBSERVED}: ")[0]
    return alert.model_copy(
        update={
            "revision": alert.revision + 1,
            "updated_at": instant(now),
            "explain": "; ".join([why, *_indicators(hypothesis, state, at)]),
        }
    )


def evidence_of(
    hypothesis: WatchedHypothesis, state: HypothesisState, rule: str
) -> tuple[Evidence, ...]:
    """The reports of an indicator, newest first, those from before Vedette watched among them.

    An entry of the hypothesis is left out where an alert has the same time: it is the same.
    """
    seen = [one for one in state.sightings.get(rule, ()) if not one.withdrawn]
    told = {(one["source"], one["event_id"]): one for sight in seen for one in sight.evidence}
    reports = [Evidence.model_validate(one) for one in told.values()]
    times = [one.at for one in seen]
    return tuple(
        sorted(
            [*reports, *_prior(hypothesis, rule, times)],
            key=lambda one: (one.occurred_at, one.source, one.event_id),
            reverse=True,
        )
    )


def _prior(hypothesis: WatchedHypothesis, rule: str, times: Sequence[int]) -> list[Evidence]:
    return [
        Evidence(
            event_id=f"{hypothesis.name}:{rule}:{instant(one.at).isoformat()}",
            source="observed before",
            occurred_at=instant(one.at),
            excerpt=one.note,
        )
        for one in hypothesis.observed
        if one.rule == rule and not any(one.at <= at <= one.until for at in times)
    ]


def _backfilled(state: HypothesisState, move: Move) -> bool:
    seen = state.sightings.get(move.rule, ())
    return any(one.alert == move.alert and one.backfill for one in seen)


def _score(hypothesis: WatchedHypothesis, state: HypothesisState, at: int) -> float:
    return round(course_of(hypothesis, state).score(at), 3)


def _level_name(rank: int) -> str:
    return LEVELS[rank - 1][0] if rank else "below watch"


def _summary(hypothesis: WatchedHypothesis, level: str, change: LevelChange) -> str:
    title = hypothesis.title[: _LONGEST_SUMMARY // 2]
    was = f", was {_level_name(change.before)}" if change.before else ""
    return f"{title}: {level}{was}; {change.move.rule} {change.move.how}"[:_LONGEST_SUMMARY]


def _action(hypothesis: WatchedHypothesis, state: HypothesisState, change: LevelChange) -> str:
    """What would say most beside what has been observed: what is watched, then what weighs most."""
    lacking = [
        one
        for one in standings(hypothesis, state, change.crossing.at)
        if one.state is not IndicatorState.OBSERVED and hypothesis.by_rule[one.rule].weight > 0
    ]
    lacking.sort(key=lambda one: (one.distance is None, -hypothesis.by_rule[one.rule].weight))
    names = [one.rule for one in lacking[:_MOST_TO_LOOK_FOR]]
    also = f", then look for what has not shown: {', '.join(names)}" if names else ""
    return f"Check {change.move.rule}{also}."


def _explained(hypothesis: WatchedHypothesis, state: HypothesisState, change: LevelChange) -> str:
    return "; ".join(
        [
            f"{change.move.rule} {change.move.how}: {_came_to(hypothesis, state, change)}",
            *_indicators(hypothesis, state, change.crossing.at),
        ]
    )


def _indicators(hypothesis: WatchedHypothesis, state: HypothesisState, at: int) -> Iterator[str]:
    now = standings(hypothesis, state, at)
    seen = [f"{one.rule} {one.worth:+.2f}" for one in now if one.state is IndicatorState.OBSERVED]
    watching = [f"{one.rule} ({one.distance.words(at)})" for one in now if one.distance]
    blind = [one.rule for one in now if one.state is IndicatorState.BLIND]
    for name, said in ((OBSERVED, seen or ["nothing"]), ("watching", watching), ("blind", blind)):
        if said:
            yield f"{name}: {', '.join(said)}"


def _came_to(hypothesis: WatchedHypothesis, state: HypothesisState, change: LevelChange) -> str:
    at, rank = change.crossing.at, change.crossing.rank
    came = f"the score came to {_score(hypothesis, state, at):.2f} at {instant(at):%Y-%m-%d %H:%M}"
    if rank > change.before:
        return f"{came} UTC, and {_level_name(rank)} asks for {hypothesis.bounds[rank - 1]:g}"
    left = rank + 1
    bound = f"{_level_name(left)} asks for {hypothesis.bounds[left - 1]:g}"
    return f"{came} UTC; {bound} and is left below {hypothesis.leaves_at(left):g}"
