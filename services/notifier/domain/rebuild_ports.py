"""The ports of a rebuild of the notification log: Kafka's history, and the log while it is lost."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from schemas.ledger import Entry, LedgerLine
from services.notifier.domain.ports import Job, OutboxRecord


@dataclass(frozen=True, slots=True)
class RecordedAlert:
    """A revision in the alerts topic, written `at`; `is_committed`: notifiers committed past it."""

    job: Job
    at: datetime
    is_committed: bool


@dataclass(frozen=True, slots=True)
class RecoveredEntry:
    """A log entry regained for one alert and receiver, with the ledger lines about it.

    `is_over`: the alert has ended, at `at` or before.
    """

    receiver: str
    alert: str
    entry: Entry
    at: datetime
    is_over: bool
    records: tuple[OutboxRecord, ...] = ()


class HistoryReader(Protocol):
    """The ledger and the alerts topic; every method may raise its client's errors.

    Iterators yield at least once a second or so, an empty batch if need be.
    """

    def has_committed(self) -> bool:
        """Whether any notifier of this installation has committed an offset."""

    def read_lines(self) -> Iterator[list[LedgerLine]]:
        """The ledger to its present end, each alert's lines in order."""

    def read_alerts(self, since: datetime) -> Iterator[list[RecordedAlert]]:
        """The alerts topic from `since` to its present end, each alert's revisions in order."""


@dataclass(frozen=True, slots=True)
class Completion:
    """Since when the log is complete; `gap`: the ledger was lost too, so earlier sends are."""

    at: datetime
    gap: bool


class LostLog(Protocol):
    """The notification log during a rebuild. Every method may raise the store's errors.

    Writing methods raise LeaseLost, and write nothing, without the lease.
    """

    def completion(self) -> Completion | None:
        """None while the log is not complete."""

    def lease(self) -> bool:
        """Take or renew the rebuild lease, which lasts some seconds; whether it is ours."""

    def renew(self) -> None:
        """Renew the lease."""

    def keep(self, recovered: Iterable[RecoveredEntry], now: datetime) -> None:
        """Store the entries and append their records, except over a higher serial.

        Renews the lease.
        """

    def entries(self, keys: Iterable[tuple[str, str]]) -> list[Entry | None]:
        """The present entries, by receiver and alert id."""

    def queue(self, jobs: Iterable[tuple[str, Job]], now: datetime) -> None:
        """Queue each job for its receiver; renews the lease."""

    def complete(self, completion: Completion) -> None:
        """Open the log to every notifier and give the lease back."""
