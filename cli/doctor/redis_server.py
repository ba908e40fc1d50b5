"""The doctor's look at Redis: it answers, keeps what it acknowledged, and has our time."""

import time
from collections.abc import Iterator
from typing import Any

from cli.doctor.check_result import CheckResult, fault, good, note
from services.notifier.adapters.redis_durability import list_wrong, read_durability

MOST_SKEW = 5.0


def examine_redis(redis: Any) -> Iterator[CheckResult]:
    """Raises redis.RedisError where it does not answer."""
    yield judge_durability(list_wrong(read_durability(redis)))
    seconds, microseconds = redis.time()
    yield judge_skew(time.time() - (seconds + microseconds / 1e6))


def judge_durability(wrong: list[str]) -> CheckResult:
    """Whether what was sent may be forgotten, so that somebody is paged twice."""
    if wrong:
        return fault("redis", ", ".join(wrong), "CONFIG SET it, and in Redis' own configuration")
    return good("redis", "keeps what it acknowledged")


def judge_skew(seconds: float) -> CheckResult:
    """Whether this machine and Redis have the same time."""
    text = f"{abs(seconds):.1f} s {'ahead of' if seconds > 0 else 'behind'} Redis' clock"
    if abs(seconds) > MOST_SKEW:
        return note("clock", text, "chronyc tracking, on both machines")
    return good("clock", text)
