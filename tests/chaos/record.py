"""What the client sent and what ingest accepted; only the client writes it."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.chaos.material import StoryPart


@dataclass(frozen=True, slots=True)
class Accepted:
    """One report of a story, with its time and that of its 202 (seconds, epoch)."""

    identity: str
    part: StoryPart
    occurred_at: float
    accepted_at: float


@dataclass
class ClientRecord:
    """Reports by identity, from any thread."""

    sent: int = 0
    attempts: int = 0
    refused: set[str] = field(default_factory=set)
    accepted: dict[str, float] = field(default_factory=dict)
    _parts: dict[str, tuple[StoryPart, float]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note_sent(self, identity: str, part: StoryPart | None, occurred_at: float) -> None:
        """A report is made; it is sent until it is accepted or refused."""
        with self._lock:
            self.sent += 1
            if part is not None:
                self._parts[identity] = (part, occurred_at)

    def note_accepted(self, identities: Iterable[str], at: float) -> None:
        """Ingest accepted these; the first answer counts."""
        with self._lock:
            for identity in identities:
                self.accepted.setdefault(identity, at)

    def note_refused(self, identities: Iterable[str]) -> None:
        """Ingest refused these for good: a fault of the test or of ingest."""
        with self._lock:
            self.refused.update(identities)

    def note_attempt(self) -> None:
        """A request is about to be sent."""
        with self._lock:
            self.attempts += 1

    @property
    def waiting(self) -> int:
        """Reports that are not accepted yet."""
        return self.sent - len(self.accepted) - len(self.refused)

    def meaningful(self) -> list[Accepted]:
        """The accepted reports that are part of a story."""
        with self._lock:
            return [
                Accepted(identity, part, at, self.accepted[identity])
                for identity, (part, at) in self._parts.items()
                if identity in self.accepted
            ]
