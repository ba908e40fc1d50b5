"""When a source is fetched again."""

LONGEST_BACKOFF = 3600.0
SHORTEST_BACKOFF = 5.0
_MOST_DOUBLINGS = 10
_SPREAD = 0.1


def find_delay(poll: float, failures: int, wait: float | None, chance: float) -> float:
    """Seconds until the next fetch.

    `poll` after success; twice as long (of 5 seconds at least) after each failure in a row, an hour
    at most, unless `poll` is longer. Never sooner than the server asked for (`wait`). `chance`,
    from 0 to 1, spreads sources that begin together by a tenth.
    """
    backoff = max(poll, SHORTEST_BACKOFF) * 2 ** min(failures, _MOST_DOUBLINGS)
    delay = max(poll, min(backoff, LONGEST_BACKOFF)) if failures else poll
    return max(delay, wait or 0.0) * (1 + _SPREAD * chance)
