"""When to retry, and when to give up."""

from datetime import datetime, timedelta

FIRST = timedelta(seconds=1)
LONGEST = timedelta(seconds=60)
LONGEST_ASKED = timedelta(hours=1)
DEADLINE = timedelta(hours=24)
LOOKUP_PATIENCE = timedelta(minutes=5)


def compute_retry_time(
    now: datetime, attempts: int, jitter: float, asked: timedelta | None = None
) -> datetime:
    """The time of the next attempt after `attempts` failures in a row (1 or more).

    The wait doubles from a second to a minute, is cut by up to half by `jitter` (0 to 1), and is
    never shorter than the receiver `asked`, up to an hour.
    """
    doubled = min(FIRST * (1 << min(attempts - 1, 16)), LONGEST)
    wait = doubled * (1 - jitter / 2)
    return now + max(wait, min(asked or timedelta(), LONGEST_ASKED))


def is_past_deadline(since: datetime, now: datetime) -> bool:
    """Whether a job queued at `since` is given up."""
    return now - since >= DEADLINE


def is_lookup_worthwhile(settles_at: datetime, now: datetime) -> bool:
    """Whether to retry a lookup that fails for now.

    Some minutes after the send has settled, a message that may be a repeat is better than none.
    """
    return now - settles_at < LOOKUP_PATIENCE


def is_worth_a_line(attempts: int) -> bool:
    """Whether the ledger gets a line about this failure: the 1st, 2nd, 4th, 8th … in a row."""
    return attempts & (attempts - 1) == 0
