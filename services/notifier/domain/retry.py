"""When to try again, and when to give up."""

from datetime import datetime, timedelta

FIRST = timedelta(seconds=1)
LONGEST = timedelta(seconds=60)
LONGEST_ASKED = timedelta(hours=1)
DEADLINE = timedelta(hours=24)
LOOKING = timedelta(minutes=5)


def retry_at(
    now: datetime, attempts: int, jitter: float, asked: timedelta | None = None
) -> datetime:
    """The time of the next try after `attempts` failures in a row (1 or more).

    It doubles from a second to a minute, less up to a half by `jitter` (0 to 1), and is never
    earlier than the receiver `asked`, up to an hour.
    """
    doubled = min(FIRST * (1 << min(attempts - 1, 16)), LONGEST)
    wait = doubled * (1 - jitter / 2)
    return now + max(wait, min(asked or timedelta(), LONGEST_ASKED))


def is_past_deadline(since: datetime, now: datetime) -> bool:
    """Whether what was queued at `since` has been tried long enough."""
    return now - since >= DEADLINE


def is_worth_looking(settles_at: datetime, now: datetime) -> bool:
    """Whether to ask again a history that is out of order for the moment.

    Some minutes after all has landed, a message that may repeat another is better than none.
    """
    return now - settles_at < LOOKING


def is_worth_a_line(attempts: int) -> bool:
    """Whether the ledger hears of this failure: of the 1st, 2nd, 4th, 8th … in a row."""
    return attempts & (attempts - 1) == 0
