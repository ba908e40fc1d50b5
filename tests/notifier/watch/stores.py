"""Fakes of what people see and change."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic

from schemas.acknowledgement import Acknowledgement
from schemas.alert import Alert, Status
from schemas.ledger import Entry, LedgerLine
from schemas.recorded_verdict import RecordedVerdict
from schemas.silence import Silence
from services.notifier.domain.ports import Job, OutboxRecord
from services.notifier.domain.watch.alert_board import AlertBoard
from services.notifier.domain.watch.alert_summary import (
    AlertSummary,
    ArchivedAlert,
    Listed,
    summarize_alert,
)
from services.notifier.domain.watch.floor import WatchFloor
from services.notifier.domain.watch.ports import R
from services.notifier.domain.watch.refusals import ChangedMeanwhile
from tests.fakes import FakeClock
from tests.notifier.alerts import job


@dataclass
class FakeArchive:
    """Alerts in memory, in the order of their last change."""

    alerts: dict[str, Alert] = field(default_factory=dict)
    summaries: dict[str, AlertSummary] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)

    def store(self, jobs: Iterable[Job], now: datetime) -> list[Alert]:
        new: list[Alert] = []
        for each in jobs:
            alert = each.alert
            known = self.alerts.get(alert.id)
            if known is not None and known.revision >= alert.revision:
                continue
            new += [alert] if known is None else []
            before = self.summaries.get(alert.id)
            self.alerts[alert.id] = alert
            self.summaries[alert.id] = summarize_alert(alert, before, now)
            self.places[alert.id] = max(self.places.values(), default=0) + 1
        return new

    def find(self, alert_id: str) -> ArchivedAlert | None:
        alert = self.alerts.get(alert_id)
        return None if alert is None else ArchivedAlert(alert, self.summaries[alert_id])

    def find_raised(self, alert_ids: Sequence[str]) -> list[datetime | None]:
        known = [self.summaries.get(each) for each in alert_ids]
        return [None if each is None else each.raised_at for each in known]

    def list_page(self, statuses: Iterable[Status], before: int | None, most: int) -> list[Listed]:
        has_firing, has_ended = Status.FIRING in statuses, set(statuses) != {Status.FIRING}
        listed = [
            Listed(place, self.summaries[each])
            for each, place in self.places.items()
            if (before is None or place < before)
            and (has_firing if self.alerts[each].status is Status.FIRING else has_ended)
        ]
        return sorted(listed, key=lambda each: -each.place)[:most]


@dataclass
class FakeRecords(Generic[R]):
    """Records of a kind in memory, with what was appended to the outbox."""

    known: dict[str, R] = field(default_factory=dict)
    outbox: list[OutboxRecord] = field(default_factory=list)
    faults: list[Exception] = field(default_factory=list)

    def find(self, ids: Sequence[str]) -> list[R | None]:
        return [self.known.get(each) for each in ids]

    def list_needed(self, after: datetime) -> list[R]:
        return [each for each in self.known.values() if each.needed_until > after]

    def put(self, record: R, records: Iterable[OutboxRecord]) -> None:
        if self.faults:
            raise self.faults.pop(0)
        before = self.known.get(record.id)
        if record.serial != (1 if before is None else before.serial + 1):
            raise ChangedMeanwhile("", "somebody changed it at the same time: look, and repeat")
        self.known[record.id] = record
        self.outbox += records

    def restore(self, records: Iterable[R]) -> None:
        for record in records:
            before = self.known.get(record.id)
            if before is None or before.serial < record.serial:
                self.known[record.id] = record

    def read_version(self) -> int:
        return sum(record.serial for record in self.known.values())


@dataclass
class FakeLineHistory:
    """Ledger lines in memory."""

    lines: list[LedgerLine] = field(default_factory=list)

    def append(self, lines: Iterable[LedgerLine]) -> None:
        self.lines += lines

    def read(self, about: str) -> list[LedgerLine]:
        return [line for line in self.lines if line.alert == about]


@dataclass
class FakeLogReader:
    """A notification log that is complete, unless it is not."""

    complete: bool = True
    entries: dict[str, dict[str, Entry]] = field(default_factory=dict)

    def is_complete(self) -> bool:
        return self.complete

    def read_entries(self, alert_id: str) -> dict[str, Entry]:
        return self.entries.get(alert_id, {})


class WatchRoom:
    """Alerts, what people do about them, and a clock."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.archive = FakeArchive()
        self.silences = FakeRecords[Silence]()
        self.acknowledgements = FakeRecords[Acknowledgement]()
        self.verdicts = FakeRecords[RecordedVerdict]()
        self.history = FakeLineHistory()
        self.log = FakeLogReader()
        self.ids = 0
        self.floor = WatchFloor(
            self.archive,
            self.silences,
            self.acknowledgements,
            self.verdicts,
            self.clock,
            self._make_id,
        )
        self.board = AlertBoard(
            self.archive,
            self.silences,
            self.acknowledgements,
            self.verdicts,
            self.log,
            self.history,
            self.clock,
        )

    def store(self, *alerts: Alert) -> None:
        """Let the alerts come in."""
        self.archive.store([job(each) for each in alerts], self.clock())

    @property
    def lines(self) -> list[LedgerLine]:
        """The lines about what people did, of all kinds."""
        appended = [
            *self.silences.outbox,
            *self.acknowledgements.outbox,
            *self.verdicts.outbox,
        ]
        ledger = [record for record in appended if record.topic == "ledger"]
        return [LedgerLine.model_validate_json(record.value) for record in ledger]

    def _make_id(self) -> str:
        self.ids += 1
        return f"s{self.ids}"
