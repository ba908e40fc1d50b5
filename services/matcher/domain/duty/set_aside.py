"""Setting aside: a source that sends what cannot be read, again and again, stops being copied.

Each unreadable item is a dead letter up to a limit. Past it the source is set aside: what is
unreadable stays where it stands, in the events topic, and one letter says so for a whole stretch of
offsets. What can be read of the source is judged as ever. Where most sources fail, the fault is
hardly theirs.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

WITHIN = timedelta(minutes=5)
FEWEST_SOURCES = 3
STRETCH = 1000
"""Offsets that one letter speaks for."""
TELL_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Failing:
    """How a source fails: `count` times since `began`, `last` the latest.

    `covered` has, by partition, the offset up to which a letter speaks for what is unreadable.
    """

    began: datetime
    last: datetime
    count: int = 1
    aside: bool = False
    told: datetime | None = None
    covered: Mapping[int, int] = field(default_factory=dict)


def failed(known: Failing | None, limit: int, now: datetime) -> Failing:
    """The source after one more unreadable item. It is set aside past `limit` of them in 5 minutes.

    It stays so until it has sent none for as long.
    """
    if known is None or now - known.last > WITHIN:
        return Failing(began=now, last=now)
    if known.aside:
        return replace(known, last=now, count=known.count + 1)
    if now - known.began > WITHIN:
        return Failing(began=now, last=now)
    count = known.count + 1
    return replace(known, last=now, count=count, aside=count > limit)


def is_aside(known: Failing, now: datetime) -> bool:
    """Whether the source is set aside at `now`."""
    return known.aside and now - known.last <= WITHIN


def stretched(known: Failing, partition: int, offset: int) -> tuple[Failing, int | None]:
    """The source with `offset` spoken for, and where the stretch of a new letter ends, if any."""
    if offset < known.covered.get(partition, 0):
        return known, None
    until = offset + STRETCH
    return replace(known, covered={**known.covered, partition: until}), until


def heard_of(known: Failing, now: datetime) -> tuple[Failing, bool]:
    """The source, and whether those on duty are to hear of it (again)."""
    if known.told is not None and now - known.told < TELL_EVERY:
        return known, False
    return replace(known, told=now), True


def most_fail(
    heard: Mapping[str, datetime], failing: Mapping[str, Failing], now: datetime
) -> tuple[str, ...]:
    """The sources set aside, if they are more than half of at least three heard in 5 minutes."""
    fresh = [source for source, last in heard.items() if now - last <= WITHIN]
    aside = tuple(
        source for source in fresh if source in failing and is_aside(failing[source], now)
    )
    return aside if len(fresh) >= FEWEST_SOURCES and 2 * len(aside) > len(fresh) else ()
