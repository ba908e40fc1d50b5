"""A storm: one member, or time, and the state of one storm in; the next state and alert out."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec

from schemas.alert import Alert, Evidence, Level, Status, alert_id, fingerprint
from schemas.storm import STORM, StormMember
from services.matcher.domain.alerts.step import StepContext
from services.matcher.domain.windows.state import instant, micros, span
from services.matcher.domain.windows.stored_value import StoredValue

ENDS_AFTER = timedelta(minutes=5)
"""How long a storm goes on without a new group."""
NEWEST = 5
"""Groups that its alert shows."""
ENDED = "no new group for 5 minutes"


class StormState(StoredValue, frozen=True):
    """The newest groups of a storm, how many there were, and its alert as last announced.

    `last` is when the newest was recorded, in microseconds. `announced` is without the evidence.
    """

    offset: int
    last: int
    count: int
    newest: tuple[dict[str, Any], ...]
    announced: dict[str, Any]

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
        newest = (Level(member["level"]) for member in self.newest)
        return max((announced, *newest), key=lambda level: level.rank)

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """A report of each of the newest groups."""
        return tuple(Evidence.model_validate(member["evidence"]) for member in self.newest)


@dataclass(frozen=True, slots=True)
class StormOutcome:
    """What a step leads to; `state` None: there is none, or it is to be deleted."""

    state: StormState | None
    alert: Alert | None = None
    is_changed: bool = True


def take_member(
    state: StormState | None, member: StormMember, context: StepContext
) -> StormOutcome:
    """Count one more group. The first is announced at once, the others by the next tick."""
    if state is None:
        return _begin(member, context)
    if context.offset <= state.offset:
        return StormOutcome(state, state.alert, is_changed=False)
    if any(known["alert"] == member.alert for known in state.newest):
        return StormOutcome(state, is_changed=False)
    return StormOutcome(
        msgspec.structs.replace(
            state,
            offset=context.offset,
            last=max(state.last, micros(member.at)),
            count=state.count + 1,
            newest=(_keep(member), *state.newest)[:NEWEST],
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


def _begin(member: StormMember, context: StepContext) -> StormOutcome:
    at = micros(member.at)
    if context.clock is not None and micros(context.clock) >= at + span(ENDS_AFTER):
        # it was told when it was new
        return StormOutcome(None, is_changed=False)
    alert = _announce(member, context.now)
    return StormOutcome(
        StormState(
            offset=context.offset, last=at, count=1, newest=(_keep(member),), announced=_dump(alert)
        ),
        alert,
    )


def _announce(member: StormMember, now: datetime) -> Alert:
    mark = fingerprint(member.key)
    return Alert(
        id=alert_id(mark, micros(member.at), 0),
        fingerprint=mark,
        revision=1,
        status=Status.FIRING,
        rule=member.rule,
        pack=member.pack,
        group={STORM: member.owner},
        level=member.level,
        summary=_summarise(1, member.owner, member.rule.title),
        action="See whether this source is flooding; if so, revoke its token.",
        starts_at=member.at,
        updated_at=now,
        detected_at=now,
        evidence=(member.evidence,),
        evidence_count=1,
        explain=_explain(1),
        uncorroborated=True,
        exercise=member.exercise,
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
    groups = "1 more new group" if count == 1 else f"{count} more new groups"
    return f"Storm by {owner}: {groups} of {title}"


def _explain(count: int) -> str:
    return (
        f"One owner makes more new groups a minute than are told singly; {count} so far are told "
        "here, the newest first. An alert with evidence of another owner is told by itself."
    )


def _keep(member: StormMember) -> dict[str, Any]:
    return member.model_dump(mode="json", exclude_defaults=True)


def _dump(alert: Alert) -> dict[str, Any]:
    return alert.model_dump(mode="json", exclude_defaults=True, exclude={"evidence"})
