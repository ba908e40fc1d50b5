"""A storm: its news, or time, and its state in; the next state and its alert out."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from schemas.alert import Alert, Evidence, Level, Status, alert_id, fingerprint
from schemas.storm import MOST_NEWEST, STORM, StormGroup, StormNews
from services.counts import format_count
from services.matcher.domain.alerts.new_groups import ENDS_AFTER
from services.matcher.domain.alerts.step import StepContext
from services.matcher.domain.windows.state import instant, micros, span
from services.matcher.domain.windows.stored_value import StoredValue

ENDED = "no new group for 5 minutes"


class StormState(StoredValue, frozen=True):
    """A storm: what each partition has of it, the newest groups, its alert as last announced.

    `counts` are groups since a time, by partition; `settled` those of earlier times. `newest` are
    StormGroups. `last` is when the newest was recorded. `announced` is without the evidence. Times
    in microseconds.
    """

    offset: int
    last: int
    counts: dict[int, tuple[int, int]]
    newest: tuple[dict[str, Any], ...]
    announced: dict[str, Any]
    settled: int = 0

    @property
    def count(self) -> int:
        """How many groups there were."""
        return self.settled + sum(count for _began, count in self.counts.values())

    @property
    def alert(self) -> Alert:
        """The alert at its current revision."""
        return Alert.model_validate(self.announced | {"evidence": self.evidence})

    @property
    def is_announced(self) -> bool:
        """Whether the alert has every group."""
        return bool(self.announced["evidence_count"] == self.count)

    @property
    def ends(self) -> int:
        """When the storm is over if no new group comes."""
        return self.last + span(ENDS_AFTER)

    @property
    def level(self) -> Level:
        """The highest of its announced level and those of the newest groups."""
        announced = Level(self.announced["level"])
        newest = (Level(group["level"]) for group in self.newest)
        return max((announced, *newest), key=lambda level: level.rank)

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """A report of each of the newest groups."""
        return tuple(Evidence.model_validate(group["evidence"]) for group in self.newest)


@dataclass(frozen=True, slots=True)
class StormOutcome:
    """What a step leads to; `state` None: there is none, or it is to be deleted."""

    state: StormState | None
    alert: Alert | None = None
    is_changed: bool = True


def take_news(state: StormState | None, news: StormNews, context: StepContext) -> StormOutcome:
    """Count what a partition has. The first news is announced at once, others by the next tick."""
    if state is None:
        return _begin(news, context)
    if context.offset <= state.offset:
        return StormOutcome(state, state.alert, is_changed=False)
    began, count = micros(news.began), news.count
    known_began, known = state.counts.get(news.partition, (began, 0))
    if began < known_began or (began == known_began and count <= known):
        return StormOutcome(state, is_changed=False)
    return StormOutcome(
        msgspec.structs.replace(
            state,
            offset=context.offset,
            last=max(state.last, micros(news.at)),
            counts={**state.counts, news.partition: (began, count)},
            settled=state.settled + (known if began > known_began else 0),
            newest=_merge_newest(state.newest, news),
        )
    )


def pass_storm(state: StormState, context: StepContext) -> StormOutcome:
    """Announce what came since the last tick; end what has been calm for five minutes."""
    if context.offset <= state.offset:
        return StormOutcome(state, state.alert, is_changed=False)
    if context.clock is None:
        return StormOutcome(state, is_changed=False)
    if micros(context.clock) >= state.ends:
        return StormOutcome(None, _revise(state, context.now, has_ended=True))
    if state.is_announced:
        return StormOutcome(state, is_changed=False)
    alert = _revise(state, context.now)
    after = msgspec.structs.replace(state, offset=context.offset, announced=_dump(alert))
    return StormOutcome(after, alert)


def storm_deadline(state: StormState) -> datetime:
    """The clock time at which a tick has to step this state."""
    return instant(state.ends if state.is_announced else state.last)


def _begin(news: StormNews, context: StepContext) -> StormOutcome:
    last = micros(news.at)
    if context.clock is not None and micros(context.clock) >= last + span(ENDS_AFTER):
        # it was announced when it was new
        return StormOutcome(None, is_changed=False)
    alert = _announce(news, context.now)
    return StormOutcome(
        StormState(
            offset=context.offset,
            last=last,
            counts={news.partition: (micros(news.began), news.count)},
            newest=_merge_newest((), news),
            announced=_dump(alert),
        ),
        alert,
    )


def _merge_newest(known: tuple[dict[str, Any], ...], news: StormNews) -> tuple[dict[str, Any], ...]:
    ids = {group.alert for group in news.newest}
    groups = [*news.newest, *map(StormGroup.model_validate, known)]
    unique = [*news.newest, *(group for group in groups[len(ids) :] if group.alert not in ids)]
    newest = sorted(unique, key=lambda group: group.at, reverse=True)[:MOST_NEWEST]
    return tuple(group.model_dump(mode="json", exclude_defaults=True) for group in newest)


def _announce(news: StormNews, now: datetime) -> Alert:
    mark, count = fingerprint(news.key), news.count
    return Alert(
        id=alert_id(mark, micros(news.began), 0),
        fingerprint=mark,
        revision=1,
        status=Status.FIRING,
        rule=news.rule,
        pack=news.pack,
        group={STORM: news.owner},
        level=max((group.level for group in news.newest), key=lambda level: level.rank),
        summary=_summarise(count, news.owner, news.rule.title),
        action="See whether this source is flooding; if so, revoke its token.",
        starts_at=news.began,
        updated_at=now,
        detected_at=now,
        evidence=tuple(group.evidence for group in news.newest),
        evidence_count=count,
        explain=_explain(count),
        uncorroborated=True,
        suspected=news.suspected,
        exercise=news.exercise,
    )


def _revise(state: StormState, now: datetime, *, has_ended: bool = False) -> Alert:
    alert, count = state.alert, state.count
    ends = {"status": Status.RESOLVED, "resolved_at": instant(state.ends), "reason": ENDED}
    return alert.model_copy(
        update={
            "revision": alert.revision + 1,
            "level": state.level,
            "summary": _summarise(count, alert.group[STORM], alert.rule.title),
            "updated_at": now,
            "evidence": state.evidence,
            "evidence_count": count,
            "explain": _explain(count),
            **(ends if has_ended else {}),
        }
    )


def _summarise(count: int, owner: str, title: str) -> str:
    groups = format_count(count, "more new group")
    return f"Storm by {owner}: {groups} of {title}"


def _explain(count: int) -> str:
    return (
        f"One owner makes more new groups a minute than are notified singly; {count} so far are "
        "listed here, the newest first. An alert with evidence of another owner is sent by itself."
    )


def _dump(alert: Alert) -> dict[str, Any]:
    return alert.model_dump(mode="json", exclude_defaults=True, exclude={"evidence"})
