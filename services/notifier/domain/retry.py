"""When to retry."""

from datetime import datetime, timedelta

FIRST = timedelta(seconds=1)
LONGEST = timedelta(seconds=60)
LOOKUP_PATIENCE = timedelta(minutes=5)


def compute_wait(attempts: int) -> timedelta:
    """The wait after `attempts` (1 or more) failures in a row: from a second to a minute."""
    return min(FIRST * (1 << min(attempts - 1, 16)), LONGEST)


def compute_retry_time(now: datetime, attempts: int, jitter: float) -> datetime:
    """The time of the next attempt; `jitter` (0 to 1) cuts the wait by up to half."""
    return now + compute_wait(attempts) * (1 - jitter / 2)


def is_lookup_worthwhile(settles_at: datetime, now: datetime) -> bool:
    """Whether to retry a lookup that fails for now.

    Some minutes after the send has settled, a message that may be a repeat is better than none.
    """
    return now - settles_at < LOOKUP_PATIENCE


def is_worth_a_line(attempts: int) -> bool:
    """Whether the ledger gets a line about this failure: the 1st, 2nd, 4th, 8th … in a row."""
    return attempts & (attempts - 1) == 0
