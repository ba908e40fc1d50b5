"""The ports of the notifier: receivers, the log, the outbox, Kafka's history."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from schemas.alert import Alert
from schemas.envelope import Headers
from schemas.ledger import Entry, LedgerLine, Sending
from services.notifier.domain.decisions import FoundMessage
from services.notifier.domain.routing.inhibition import FiringAlert, InhibitRule
from services.notifier.domain.traits import ReceiverTraits
from services.notifier.domain.urgency import ALL_LANES, Lane, Priority


@dataclass(frozen=True, slots=True)
class AlertPosition:
    """Where an alert is stored in Kafka."""

    topic: str
    partition: int
    offset: int


@dataclass(frozen=True, slots=True)
class Job:
    """One revision to notify, with its bytes and position in the alerts topic."""

    alert: Alert
    raw: bytes
    position: AlertPosition


@dataclass(frozen=True, slots=True)
class Claim:
    """A job of one receiver, leased to us.

    `token` identifies the lease. `since`: when the job was queued. `entry`: the log entry when it
    was claimed. `attempts`: failures in a row.
    """

    job: Job
    receiver: str
    token: str
    since: datetime
    entry: Entry = field(default_factory=Entry)
    attempts: int = 0

    @property
    def alert(self) -> Alert:
        """The revision to deal with."""
        return self.job.alert


@dataclass(frozen=True, slots=True)
class Delay:
    """When a job is due again, after how many failures in a row; `entry` None keeps the log's.

    `is_idle`: it only waits to be repeated, so that the next revision begins to wait by itself.
    """

    entry: Entry | None
    until: datetime
    attempts: int
    is_idle: bool = False


@dataclass(frozen=True, slots=True)
class OutboxRecord:
    """A message for a topic (named without prefix), stored until Kafka has it."""

    topic: str
    key: bytes | None
    value: bytes
    headers: Headers


@dataclass(frozen=True, slots=True)
class Notice:
    """A revision to be shown at a receiver.

    `before`: the log entry, with what the receiver shows now. `short`: in its plain form, after a
    refusal. `in_hand`: who has the alert in hand, and until when; None: nobody.
    """

    alert: Alert
    possible_repeat: bool = False
    short: bool = False
    before: Entry = field(default_factory=Entry)
    in_hand: str | None = None


class Receiver(Protocol):
    """A channel, pager or terminal that shows alerts to people.

    Every method blocks for the receiver's time-out at most; no error text contains a secret.
    """

    @property
    def traits(self) -> ReceiverTraits:
        """Its traits."""

    def send(self, notice: Notice) -> str:
        """Send a new message; returns the handle by which it is edited.

        Raises:
            RateLimited: it was not sent; `lane` says which requests are to wait.
            ReceiverDown: it was not sent, and neither would another be.
            UnknownOutcome: it may have been sent.
            PermanentRefusal: it was not sent and a retry does not help.
        """

    def edit(self, handle: str, notice: Notice) -> str:
        """Update the message to `notice`; idempotent. Returns its handle.

        Raises: as `send`, and
            HandleLost: the message does not exist any more.
        """

    def find(self, alert_id: str, sending: Sending) -> FoundMessage | None:
        """The message about the alert that was sent around `sending.since`, or None.

        Raises:
            RetryableError: the lookup failed for now.
            UnreadableHistory: the receiver never allows it.
        """

    def check(self) -> None:
        """Ask the receiver whether it would take messages, as far as it can be asked.

        Raises:
            ReceiverDown: it would not.
            RetryableError, UnknownOutcome: nobody knows.
        """


class NotificationLog(Protocol):
    """The queue and the log of every alert and receiver; every write is on disk on return.

    Each method is atomic and appends its records to the outbox in the same step. Every method may
    raise the store's own errors: then it may or may not have been applied. Methods that take a
    claim raise LeaseLost, and write nothing, once the lease has ended.
    """

    def epoch(self) -> str | None:
        """Identifies this log; another one after a loss, None while the log is not complete."""

    def put(self, jobs: Iterable[Job], receivers: Iterable[str], now: datetime) -> None:
        """Queue each job for each receiver; a revision replaces lower ones still queued.

        Raises LogLost, and queues nothing more, while the log is not complete.
        """

    def claim(
        self, receiver: str, now: datetime, lanes: Sequence[Lane] = ALL_LANES
    ) -> Claim | None:
        """Lease the most urgent due job of these lanes that nobody holds, if there is one.

        Raises LogLost while the log is not complete.
        """

    def write(
        self, claim: Claim, entry: Entry, now: datetime, records: Iterable[OutboxRecord]
    ) -> None:
        """Store the entry; renews the lease."""

    def finish(
        self,
        claim: Claim,
        entry: Entry | None,
        now: datetime,
        records: Iterable[OutboxRecord],
    ) -> None:
        """Store the entry, if any, take the job off the queue and give the lease back.

        A newer revision that was queued meanwhile stays, and is due at once.
        """

    def defer(self, claim: Claim, delay: Delay, records: Iterable[OutboxRecord]) -> None:
        """Store the delay's entry, if any, make the job due later and give the lease back.

        A newer revision that was queued meanwhile is due at once.
        """

    def depth(self, receiver: str) -> int:
        """How many jobs are queued, deferred and leased ones included."""

    def list_oldest(self, receiver: str) -> dict[Priority, datetime]:
        """When the oldest job of each priority was queued, deferred and leased ones left out."""


class FiringAlerts(Protocol):
    """The firing alerts that inhibit others, of all notifiers; may raise the store's own errors."""

    def note(self, alerts: Iterable[Alert], rules: Sequence[InhibitRule], now: datetime) -> None:
        """Store which of these revisions inhibit others by the rules; older ones change nothing."""

    def list_all(self) -> Sequence[FiringAlert]:
        """Those that fire now; may be a second old."""


class OutboxStore(Protocol):
    """Records that Kafka does not have yet, in order."""

    def append(self, records: Iterable[OutboxRecord]) -> None:
        """Add to the end; on disk on return."""

    def take(self, most: int) -> list[OutboxRecord]:
        """The oldest records, which stay stored; none while another process relays them."""

    def drop(self, count: int) -> None:
        """Delete the oldest `count` records, which Kafka has now."""


class OutboxSender(Protocol):
    """Kafka, as the outbox sees it."""

    def send(self, records: Iterable[OutboxRecord]) -> None:
        """Return when Kafka has acknowledged all of them.

        Raises the client's own errors when it has not.
        """

    def close(self) -> None:
        """Give the connection back; blocks some seconds at most."""


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
