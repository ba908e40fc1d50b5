"""What is known of a receiver: which requests it limits, and whether it is down."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from services.notifier.domain.errors import RateLimited, ReceiverDown
from services.notifier.domain.retry import compute_wait
from services.notifier.domain.urgency import ALL_LANES, Lane

SHORTEST_LIMIT = timedelta(seconds=1)
LONGEST_LIMIT = timedelta(minutes=5)
"""A limit is tried again after it at the latest, whatever the receiver asks for."""
LONGEST_PAUSE = timedelta(seconds=30)
PATIENCE = timedelta(minutes=1)
"""A receiver at which nothing has succeeded for longer is down."""


@dataclass(frozen=True, slots=True)
class ReceiverState:
    """Failures in a row since the last success, and until when each lane is paused.

    `fault`: what the receiver refuses everything for, None while it does not. `last`: the text of
    the last failure.
    """

    failures: int = 0
    since: datetime | None = None
    fault: str | None = None
    last: str = ""
    paused: Mapping[Lane, datetime] = field(default_factory=dict)

    def open_lanes(self, now: datetime) -> tuple[Lane, ...]:
        """The lanes that may be used."""
        return tuple(lane for lane in ALL_LANES if self.reopens_at(lane, now) <= now)

    def reopens_at(self, lane: Lane, now: datetime) -> datetime:
        """When the lane may be used: `now`, or later."""
        return max(now, self.paused.get(lane, now))

    def describe_fault(self, now: datetime) -> str | None:
        """Why the receiver is down, or None."""
        if self.fault is not None:
            return self.fault
        if self.since is not None and self.failures > 1 and now - self.since >= PATIENCE:
            return f"nothing sent since {self.since:%H:%M:%S} UTC: {self.last}"
        return None


def record_answer(state: ReceiverState) -> ReceiverState:
    """After the receiver took a message, or refused just this one."""
    return ReceiverState(paused=state.paused)


def record_limit(state: ReceiverState, limit: RateLimited, now: datetime) -> ReceiverState:
    """After a rate limit: its lane, or every lane, is paused for as long as was asked for."""
    asked = limit.retry_after or SHORTEST_LIMIT
    until = now + min(max(asked, SHORTEST_LIMIT), LONGEST_LIMIT)
    return _pause(state, ALL_LANES if limit.lane is None else (limit.lane,), until)


def record_failure(state: ReceiverState, error: Exception, now: datetime) -> ReceiverState:
    """After a request without effect, or without an answer.

    The first failure in a row pauses nothing, as it may be the message's; a receiver that refuses
    everything is paused at once. Pauses double from a second to half a minute.
    """
    failures, is_down = state.failures + 1, isinstance(error, ReceiverDown)
    after = replace(
        state,
        failures=failures,
        since=state.since or now,
        fault=_read_refusal(error) or state.fault,
        last=str(error),
    )
    if failures == 1 and not is_down:
        return after
    return _pause(after, ALL_LANES, now + min(compute_wait(failures), LONGEST_PAUSE))


def _read_refusal(error: Exception) -> str | None:
    return str(error) if isinstance(error, ReceiverDown) and error.is_refusal else None


def _pause(state: ReceiverState, lanes: tuple[Lane, ...], until: datetime) -> ReceiverState:
    return replace(state, paused={**state.paused, **dict.fromkeys(lanes, until)})
