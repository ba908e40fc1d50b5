"""Rhythm: how often a source reports, and when its silence is longer than that. In microseconds.

What counts are the longest pauses, by the part of the day (UTC) in which they began: a source that
sleeps at night is not missed until it has slept twice as long, and by day it is missed within twice
the longest pause of the day. How many reports come between them does not matter, so bursts do not.
"""

from collections.abc import Iterable
from datetime import timedelta

import msgspec

from services.matcher.domain.windows.state import span

PULSE_EVERY = timedelta(seconds=10)
"""Of the reports of a source one in so long is heard of."""
PARTS = 8
"""Parts of a day."""
LEAST_PERIOD = timedelta(days=7)
FEWEST_PAUSES = 10
"""So long, and for so many pauses, a rhythm is learnt before it is known: with a weekend in it."""
FACTOR = 2
LEAST_SILENCE = timedelta(minutes=10)

_PART = span(timedelta(days=1)) // PARTS
_NONE = (0,) * PARTS


class Period(msgspec.Struct, frozen=True, array_like=True):
    """The pauses that ended in one stretch of time.

    How many, how long it was, and the longest pause that began in each part of the day.
    """

    length: int = 0
    count: int = 0
    longest: tuple[int, ...] = _NONE

    @property
    def usual(self) -> int:
        """The mean pause."""
        return self.length // max(1, self.count)


class Rhythm(msgspec.Struct, frozen=True, array_like=True):
    """What is known of a source that reported `last`.

    `known` is the last whole period, `present` the one that has begun. `outage` is the longest
    pause that was told as a silence: such a one is learnt only as far as another comes up to it.
    """

    last: int
    known: Period | None = None
    present: Period = Period()
    outage: int = 0

    def heard(self, at: int, *, told: bool) -> "Rhythm":
        """The rhythm with a report at `at`; `told` if the pause before it was told as a silence.

        What is older than the last report changes nothing.
        """
        pause = at - self.last
        if pause <= 0:
            return self
        learnt = min(pause, self.outage) if told else pause
        grown = Period(
            self.present.length + pause,
            self.present.count + 1,
            _longer(self.present.longest, _part(self.last), learnt),
        )
        outage = max(pause, self.outage) if told else self.outage
        if grown.length < span(LEAST_PERIOD) or grown.count < FEWEST_PAUSES:
            return Rhythm(at, self.known, grown, outage)
        # an outage long ago is not the first half of a new rhythm
        return Rhythm(at, grown, Period(), outage // 2)

    @property
    def longest(self) -> int | None:
        """The longest pause that began at the time of day of the last report, or near it.

        None while the rhythm is being learnt.
        """
        if self.known is None:
            return None
        pauses = [max(pair) for pair in zip(self.known.longest, self.present.longest, strict=True)]
        part = _part(self.last)
        near = max(pauses[(part + step) % PARTS] for step in (-1, 0, 1))
        return near or max(pauses)

    @property
    def usual(self) -> int | None:
        """The mean pause; None while the rhythm is being learnt."""
        return None if self.known is None else self.known.usual

    @property
    def allowed(self) -> int | None:
        """How long a silence after the last report is nothing to tell of; None: any length."""
        longest = self.longest
        return None if longest is None else max(span(LEAST_SILENCE), FACTOR * longest)


def _part(at: int) -> int:
    return at // _PART % PARTS


def _longer(longest: Iterable[int], part: int, pause: int) -> tuple[int, ...]:
    return tuple(max(one, pause) if i == part else one for i, one in enumerate(longest))
