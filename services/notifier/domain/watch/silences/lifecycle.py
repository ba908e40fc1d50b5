"""A silence from its beginning to its end: every change that there is, and who may make it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import chain

from schemas.silence import LONGEST_REASON, MOST_MATCHERS, Silence
from services.notifier.domain.entry import KEPT_AFTER_END
from services.notifier.domain.routing.labels import refuse_matcher
from services.notifier.domain.routing.matchers import LabelMatcher, Operator, parse_matchers
from services.notifier.domain.watch.people import Person, Role
from services.notifier.domain.watch.refusals import ChangedMeanwhile, InvalidAct, NotAllowed
from services.notifier.domain.watch.silences.approval import is_approval_kept, needs_approval

LONGEST = KEPT_AFTER_END
"""A silence ends within the ledger's retention: else a lost Redis would lose it too."""


class SilenceState(StrEnum):
    """Where a silence is between its times."""

    PENDING = "pending"
    ACTIVE = "active"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class SilenceRequest:
    """What is asked for: matchers as written, in one line or several; `starts_at` None is now."""

    matchers: Sequence[str]
    reason: str
    ends_at: datetime
    starts_at: datetime | None = None


def find_state(silence: Silence, now: datetime) -> SilenceState:
    """Pending before `starts_at`, active until `ends_at`, then expired."""
    if now < silence.starts_at:
        return SilenceState.PENDING
    return SilenceState.ACTIVE if now < silence.ends_at else SilenceState.EXPIRED


def create_silence(request: SilenceRequest, identity: str, owner: Person, now: datetime) -> Silence:
    """A new silence; one that would have begun begins now.

    Raises InvalidAct.
    """
    matchers = parse_silence_matchers(request.matchers)
    starts_at = max(request.starts_at or now, now)
    _check_request(request, starts_at, now)
    return Silence(
        id=identity,
        serial=1,
        matchers=tuple(map(str, matchers)),
        owner=owner.name,
        reason=request.reason.strip(),
        created_at=now,
        starts_at=starts_at,
        ends_at=request.ends_at,
    )


def parse_silence_matchers(written: Sequence[str]) -> tuple[LabelMatcher, ...]:
    """The matchers of all lines.

    Raises InvalidAct: one is malformed or names no label, or each asks for an empty value at most,
    which Alertmanager refuses too. One that excludes a value asks for enough.
    """
    matchers = _parse_all(written, "matchers")
    if all(map(_asks_for_nothing, matchers)):
        message = 'would hide everything: ask for a value of a label, such as rule="joint_march"'
        raise InvalidAct("matchers", message)
    return matchers


def parse_filter(written: Sequence[str]) -> tuple[LabelMatcher, ...]:
    """The matchers of a filter, which may hold for everything.

    Raises InvalidAct.
    """
    return _parse_all(written, "filter")


def amend_silence(
    silence: Silence, request: SilenceRequest, person: Person, now: datetime
) -> Silence | None:
    """The silence with other times or another reason; None where it takes a new silence.

    As Alertmanager: other matchers or an expired silence take a new one, as does another beginning
    of an active one. An approval stays if the silence becomes no longer.

    Raises InvalidAct, NotAllowed.
    """
    _require_owner(silence, person)
    matchers = tuple(map(str, parse_silence_matchers(request.matchers)))
    starts_at = silence.starts_at if request.starts_at is None else request.starts_at
    if matchers != silence.matchers or not _can_move(silence, starts_at, now):
        return None
    _check_request(request, starts_at, now)
    amended = silence.model_copy(
        update={
            "serial": silence.serial + 1,
            "starts_at": starts_at,
            "ends_at": request.ends_at,
            "reason": request.reason.strip(),
            "amended_by": person.name,
        }
    )
    is_kept = is_approval_kept(silence, amended)
    return amended if is_kept else amended.model_copy(update={"approved_by": None})


def expire_silence(silence: Silence, person: Person, now: datetime) -> Silence:
    """The silence ended now. Anybody who may silence may: it hides nothing more.

    Raises ChangedMeanwhile: it has ended already.
    """
    if find_state(silence, now) is SilenceState.EXPIRED:
        raise ChangedMeanwhile("", f"the silence ended at {silence.ends_at:%Y-%m-%d %H:%M}Z")
    changed = {"serial": silence.serial + 1, "ends_at": now, "ended_by": person.name}
    return silence.model_copy(update=changed | {"starts_at": min(silence.starts_at, now)})


def approve_silence(silence: Silence, person: Person, now: datetime) -> Silence:
    """The silence with the agreement of a second person.

    Raises ChangedMeanwhile, InvalidAct, NotAllowed.
    """
    if find_state(silence, now) is SilenceState.EXPIRED:
        raise ChangedMeanwhile("", "the silence has ended: make a new one")
    if not needs_approval(silence):
        raise InvalidAct("", "the silence needs no approval, or has one")
    authors = frozenset(filter(None, (silence.owner, silence.amended_by)))
    if person.is_one_of(authors):
        raise NotAllowed("", "another person than the one who made or changed it must approve")
    changed = {"serial": silence.serial + 1, "approved_by": person.name}
    return silence.model_copy(update=changed)


def _require_owner(silence: Silence, person: Person) -> None:
    if not person.is_one_of(frozenset({silence.owner})) and not person.may_act_as(Role.ADMIN):
        raise NotAllowed("", f"the silence is {silence.owner}'s: make one of your own, or end it")


def _can_move(silence: Silence, starts_at: datetime, now: datetime) -> bool:
    match find_state(silence, now):
        case SilenceState.ACTIVE:
            return starts_at == silence.starts_at
        case SilenceState.PENDING:
            return starts_at >= now
        case SilenceState.EXPIRED:
            return False


def _check_request(request: SilenceRequest, starts_at: datetime, now: datetime) -> None:
    if not request.reason.strip():
        raise InvalidAct("reason", "is empty: say why, for those who take over from you")
    if len(request.reason) > LONGEST_REASON:
        raise InvalidAct("reason", f"is longer than {LONGEST_REASON} characters")
    if request.ends_at <= now:
        raise InvalidAct("ends_at", "lies in the past")
    if request.ends_at <= starts_at:
        raise InvalidAct("ends_at", "is not after starts_at")
    if request.ends_at > now + LONGEST:
        longest = LONGEST // timedelta(days=1)
        raise InvalidAct("ends_at", f"is more than {longest} days ahead: what is to stay is a rule")


def _asks_for_nothing(matcher: LabelMatcher) -> bool:
    is_negated = matcher.operator in (Operator.UNEQUAL, Operator.MATCHES_NOT)
    return matcher.holds({}) and not is_negated


def _parse_all(written: Sequence[str], field: str) -> tuple[LabelMatcher, ...]:
    try:
        matchers = tuple(chain.from_iterable(map(parse_matchers, written)))
        for matcher in matchers[:MOST_MATCHERS]:
            refuse_matcher(matcher)
    except ValueError as error:
        raise InvalidAct(field, str(error)) from None
    if len(matchers) > MOST_MATCHERS:
        raise InvalidAct(field, f"has more than {MOST_MATCHERS} matchers")
    return matchers
