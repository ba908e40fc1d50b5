"""Fakes of what a rebuilding of the log needs."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from schemas.ledger import Entry, LedgerLine
from services.notifier.domain.entry import KEPT_AFTER_END
from services.notifier.domain.errors import LeaseLost
from services.notifier.domain.ports import Job
from services.notifier.domain.rebuild_ports import Completion, RecordedAlert, RecoveredEntry
from tests.fake_log import FakeLog


@dataclass
class FakeLostLog:
    """The same queue and log while it is rebuilt; `name` is who rebuilds."""

    log: FakeLog
    name: str = "rebuilder"

    def completion(self) -> Completion | None:
        return self.log.completion

    def lease(self) -> bool:
        self.log.rebuilt_by = self.log.rebuilt_by or self.name
        return self.log.rebuilt_by == self.name

    def renew(self) -> None:
        if self.log.rebuilt_by != self.name:
            raise LeaseLost("another rebuilds, or all was lost again")

    def keep(self, recovered: Iterable[RecoveredEntry], now: datetime) -> None:
        self.renew()
        for kept in recovered:
            key = (kept.receiver, kept.alert)
            known = self.log.entries.get(key, Entry())
            is_kept = not kept.is_over or kept.at + KEPT_AFTER_END > now
            if is_kept and known.serial <= kept.entry.serial:
                self.log.entries[key] = kept.entry
                self.log.records += kept.records

    def entries(self, keys: Iterable[tuple[str, str]]) -> list[Entry | None]:
        return [self.log.entries.get(key) for key in keys]

    def queue(self, jobs: Iterable[tuple[str, Job]], now: datetime) -> None:
        self.renew()
        for receiver, job in jobs:
            key = (receiver, job.alert.id)
            group = self.log.find_group(key, job.alert, now)
            if group is None:
                self.log.queue_up(key, job, now)
            else:
                self.log.join((receiver, group), job, now)

    def complete(self, completion: Completion) -> None:
        self.renew()
        self.log.completion, self.log.rebuilt_by = completion, None


@dataclass
class FakeHistory:
    """Kafka's topics as lists; `committed` is how many alerts notifiers have committed past.

    Each call first meets the next of `faults` (None: all goes well).
    """

    ledger: list[LedgerLine] = field(default_factory=list)
    recorded: list[tuple[Job, datetime]] = field(default_factory=list)
    committed: int = 0
    faults: list[Exception | None] = field(default_factory=list)

    def has_committed(self) -> bool:
        self._fail()
        return self.committed > 0

    def read_lines(self) -> Iterator[list[LedgerLine]]:
        self._fail()
        yield from ([line] for line in self.ledger)

    def read_alerts(self, since: datetime) -> Iterator[list[RecordedAlert]]:
        self._fail()
        alerts = [
            RecordedAlert(job, at, offset < self.committed)
            for offset, (job, at) in enumerate(self.recorded)
        ]
        yield [recorded for recorded in alerts if recorded.at >= since]

    def _fail(self) -> None:
        fault = self.faults.pop(0) if self.faults else None
        if fault is not None:
            raise fault
