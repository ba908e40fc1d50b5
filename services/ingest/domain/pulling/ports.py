"""What the worker needs of the world."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from services.ingest.domain.result import ReportResult


class NotLeading(Exception):
    """Another worker may fetch now: nothing that this one does counts any more."""


class PositionsUnavailable(Exception):
    """Positions can be neither read nor written now; the message says why."""


@dataclass(frozen=True, slots=True)
class PulledReports:
    """Reports of a source, and how far it is read once all of them are published.

    A report is a body, not validated yet, or the refusal of an item that cannot become one.
    `skipped`: items that the source's file leaves out.
    """

    reports: Sequence[dict[str, Any] | ReportResult]
    position: str
    skipped: int = 0


class Puller(Protocol):
    """Reads one source, from a position that only it can read."""

    def pull(self, position: str | None) -> AsyncGenerator[PulledReports, None]:
        """All that is new since `position`, oldest first; None: since the beginning.

        Takes nothing for read: what it gave and was not stored, it gives again, with the same ids.
        A position that it cannot read is none.

        Raises:
            FetchFailed: nothing, or nothing more, can be read now.
        """


class Lease(Protocol):
    """Who fetches, of several workers."""

    async def acquire(self) -> bool:
        """Whether this worker has it now; no other one does.

        Raises:
            PositionsUnavailable: nobody knows.
        """

    async def renew(self) -> None:
        """Keep it.

        Raises:
            NotLeading: it ran out.
            PositionsUnavailable: nobody knows.
        """

    async def release(self) -> None:
        """Let another worker have it at once.

        Raises:
            PositionsUnavailable: it runs out by itself.
        """


class PositionStore(Protocol):
    """How far each source is read; it outlives the worker."""

    async def load(self, source: str) -> str | None:
        """The position of a source, or None.

        Raises:
            PositionsUnavailable: try again later.
        """

    async def save(self, source: str, position: str) -> None:
        """Store the position of a source, as long as this worker has the lease.

        Raises:
            NotLeading: another worker may have it; nothing is stored.
            PositionsUnavailable: it may be stored or not.
        """
