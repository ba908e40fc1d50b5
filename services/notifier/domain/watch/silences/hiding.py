"""Which silence hides an alert, and until when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from schemas.alert import Level
from schemas.silence import Silence
from services.notifier.domain.routing.matchers import LabelMatcher, Labels, parse_matchers
from services.notifier.domain.watch.silences.approval import LONGEST_ALONE, is_long
from services.notifier.domain.watch.silences.lifecycle import SilenceState, find_state


@dataclass(frozen=True, slots=True)
class SilenceHold:
    """An alert is hidden by `silence` until `until`, or until the silence is changed."""

    silence: Silence
    until: datetime

    def __str__(self) -> str:
        silence = self.silence
        return f"silence {silence.id} of {silence.owner}: {silence.reason}"


@dataclass(frozen=True, slots=True)
class CompiledSilence:
    """A silence with its matchers."""

    silence: Silence
    matchers: tuple[LabelMatcher, ...]

    @classmethod
    def compile(cls, silence: Silence) -> Self:
        """The silence, ready to be asked."""
        matchers = tuple(each for line in silence.matchers for each in parse_matchers(line))
        return cls(silence, matchers)

    def hides(self, labels: Labels) -> bool:
        """Whether every matcher holds, whatever the time."""
        return all(matcher.holds(labels) for matcher in self.matchers)

    def find_end(self, labels: Labels, since: datetime) -> datetime:
        """Until when it hides such an alert, which waits since `since`.

        A critical alert waits for 30 minutes at most unless a second person approved, however
        many silences follow on one another; a long silence that nobody approved does not hide it.
        """
        silence = self.silence
        if str(Level.CRITICAL) not in labels["level"] or silence.approved_by is not None:
            return silence.ends_at
        if is_long(silence):
            return silence.starts_at
        return min(silence.ends_at, since + LONGEST_ALONE)


@dataclass(frozen=True, slots=True)
class SilenceBook:
    """The silences that have not expired."""

    silences: tuple[CompiledSilence, ...] = ()

    @classmethod
    def compile(cls, silences: Iterable[Silence]) -> Self:
        """The book of these silences."""
        return cls(tuple(map(CompiledSilence.compile, silences)))

    def find_hold(self, labels: Labels, since: datetime, now: datetime) -> SilenceHold | None:
        """The silence that hides such an alert the longest from `now`, or None.

        `since`: when the alert, or its news, began to wait.
        """
        holds = [
            SilenceHold(each.silence, each.find_end(labels, since))
            for each in self.silences
            if find_state(each.silence, now) is SilenceState.ACTIVE and each.hides(labels)
        ]
        return max((hold for hold in holds if hold.until > now), key=_end, default=None)


def _end(hold: SilenceHold) -> datetime:
    return hold.until
