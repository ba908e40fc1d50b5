"""What the acts of people need of the world."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from schemas.alert import Alert, Status
from schemas.ledger import Entry, LedgerLine
from schemas.model import Instant
from services.notifier.domain.ports import Job, OutboxRecord
from services.notifier.domain.watch.alert_summary import ArchivedAlert, Listed


class SerialRecord(Protocol):
    """A record that people change; of two with one `id` the one with the higher `serial` counts."""

    @property
    def id(self) -> str:
        """Its key."""

    @property
    def serial(self) -> int:
        """How often it was changed, from 1 on."""

    @property
    def needed_until(self) -> Instant:
        """Until when it has an effect; it is kept 30 days longer."""


R = TypeVar("R", bound=SerialRecord)


class RecordStore(Protocol[R]):
    """The records of one kind. Methods may raise the store's errors."""

    def find(self, ids: Sequence[str]) -> list[R | None]:
        """The record of each id, None for one that is not known."""

    def list_needed(self, after: datetime) -> list[R]:
        """The records that have an effect after that time, in no order."""

    def put(self, record: R, records: Iterable[OutboxRecord]) -> None:
        """Store it in the place of the one before, and append the outbox records.

        What may depend on it is decided again. All or nothing; on disk on return.

        Raises:
            ChangedMeanwhile: the stored serial is not one lower.
            LogLost: the log is not complete.
        """

    def restore(self, records: Iterable[R]) -> None:
        """Store each, regained from the ledger, unless a newer one is stored."""

    def read_version(self) -> int:
        """Another number after every change of any record of the kind."""


class AlertArchive(Protocol):
    """Every alert in its newest revision, until 30 days after its end. May raise its errors.

    Of ended alerts the newest 20,000 are kept.
    """

    def store(self, jobs: Iterable[Job], now: datetime) -> list[Alert]:
        """Keep each that is newer than what is kept; the ones whose id was not known."""

    def find(self, alert_id: str) -> ArchivedAlert | None:
        """The alert, or None."""

    def find_raised(self, alert_ids: Sequence[str]) -> list[datetime | None]:
        """When each was first seen at its present level and hypotheses."""

    def list_page(self, statuses: Iterable[Status], before: int | None, most: int) -> list[Listed]:
        """The `most` that changed last, before the place `before`; the newest first."""


class LogReader(Protocol):
    """The notification log, as the API shows it."""

    def is_complete(self) -> bool:
        """Whether the log holds all that it should; if not, it is being rebuilt."""

    def read_entries(self, alert_id: str) -> dict[str, Entry]:
        """The entry of each receiver that has one."""


class LineHistory(Protocol):
    """The newest ledger lines about each alert and silence, until 30 days after the last."""

    def append(self, lines: Iterable[LedgerLine]) -> None:
        """Add lines; one that was added before changes nothing that is read."""

    def read(self, about: str) -> list[LedgerLine]:
        """The lines about an alert's id, or `silence/ID`, in order of time."""
