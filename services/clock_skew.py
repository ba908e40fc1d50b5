"""How far this machine's clock is from Kafka's, as far as messages prove it."""

from collections.abc import MutableMapping
from dataclasses import dataclass, field
from math import inf

from prometheus_client import Gauge

SKEW = Gauge(
    "vedette_clock_skew_seconds",
    "How far this clock is ahead of Kafka's at least; negative: behind; 0: as far as is known.",
)
APPEND_TIME = 1
"""Kafka's number for timestamps that the broker gave, not the sender."""


def prove_skew(sent: float, appended: float, answered: float) -> float:
    """How far a clock is ahead of Kafka's, at least; negative: behind.

    By that clock a message was sent and its answer received, by Kafka's it was appended between.
    All are seconds since 1970. What may be the way of the message is no skew.
    """
    return max(0.0, sent - appended) + min(0.0, answered - appended)


@dataclass(slots=True)
class ClockSkew:
    """The skew that the last message has proved; more than `most` seconds are a fault.

    It stands in `notes` too, those of `/readyz`. Kafka's time is known from topics with
    `message.timestamp.type=LogAppendTime` alone.
    """

    most: float
    notes: MutableMapping[str, str] = field(default_factory=dict)
    seconds: float = field(default=0.0, init=False)

    def note_sent(self, sent: float, appended: float, answered: float) -> None:
        """Take a message of ours that Kafka has acknowledged."""
        self._set(prove_skew(sent, appended, answered))

    def note_received(self, appended: float, received: float) -> None:
        """Take a message of anybody, which can prove that our clock is behind, or no longer is."""
        behind = prove_skew(-inf, appended, received)
        if behind < 0 or self.seconds < 0:
            self._set(behind)

    def check(self) -> str | None:
        """By how much the clock is wrong, if by too much; from any thread."""
        if abs(self.seconds) <= self.most:
            return None
        side = "ahead of" if self.seconds > 0 else "behind"
        off = f"{abs(self.seconds):.1f} s {side} Kafka's"
        return f"this machine's clock is {off}: {self.most:g} s are allowed"

    def _set(self, seconds: float) -> None:
        self.seconds = seconds
        SKEW.set(seconds)
        if (fault := self.check()) is None:
            self.notes.pop("clock", None)
        else:
            self.notes["clock"] = fault
