"""The ports of the notifier: receivers, the log, the outbox."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, runtime_checkable

from schemas.alert import Alert
from schemas.envelope import Headers
from schemas.ledger import Entry, Sending
from services.notifier.domain.decisions import FoundMessage
from services.notifier.domain.grouping.group import AlertGroup, GroupNotice
from services.notifier.domain.routing.inhibition import FiringAlert, InhibitedBy, InhibitRule
from services.notifier.domain.traits import ReceiverTraits
from services.notifier.domain.urgency import ALL_LANES, Lane, Priority
from services.trace_context import TraceContext


@dataclass(frozen=True, slots=True)
class AlertPosition:
    """Where an alert is stored in Kafka."""

    topic: str
    partition: int
    offset: int


@dataclass(frozen=True, slots=True)
class Job:
    """One revision to notify, with its bytes and position in the alerts topic, and its trace."""

    alert: Alert
    raw: bytes
    position: AlertPosition
    trace: TraceContext | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """A job of one receiver, leased to us.

    `token` identifies the lease. `since`: when the job was queued. `entry`: the log entry when it
    was claimed. `attempts`: failures in a row. `group`: the alerts, if it is the job of a group;
    the job's alert then stands for all of them. `is_held`: it was held on purpose since then.
    """

    job: Job
    receiver: str
    token: str
    since: datetime
    entry: Entry = field(default_factory=Entry)
    attempts: int = 0
    group: AlertGroup | None = None
    is_held: bool = False

    @property
    def alert(self) -> Alert:
        """The revision to deal with."""
        return self.job.alert


@dataclass(frozen=True, slots=True)
class Delay:
    """When a job is due again, after how many failures in a row; `entry` None keeps the log's.

    `is_idle`: it only waits to be repeated, so that the next revision begins to wait by itself.
    `is_held`: it waits on purpose (a silence, an hour, an escalation), so that it is not late.
    """

    entry: Entry | None
    until: datetime
    attempts: int
    is_idle: bool = False
    is_held: bool = False


@dataclass(frozen=True, slots=True)
class MemberUpdate:
    """What a step of a group changes of a member: its log entry, and whether it leaves the group.

    A newer `revision` that came meanwhile stays in the group.
    """

    alert: Alert
    entry: Entry | None = None
    leaves: bool = False


@dataclass(frozen=True, slots=True)
class Settlement:
    """The end of a step of a group: its `entry` and those of members, and when it is due again.

    `until` None: when another revision comes. `is_timer`: until then revisions wait that are not
    `critical`. `is_idle`, `attempts`: as a Delay's. `since`: when the group began anew, if it did.
    """

    entry: Entry | None = None
    members: Sequence[MemberUpdate] = ()
    until: datetime | None = None
    is_timer: bool = False
    is_idle: bool = False
    attempts: int = 0
    since: datetime | None = None


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
    refusal. `in_hand`: who has the alert in hand, and until when; None: nobody. `reopens`: nobody
    has any more, or there is news, so a pager is to wake somebody again.
    """

    alert: Alert
    possible_repeat: bool = False
    short: bool = False
    before: Entry = field(default_factory=Entry)
    in_hand: str | None = None
    group: GroupNotice | None = None
    reopens: bool = False


@runtime_checkable
class ThreadedReceiver(Protocol):
    """A receiver whose messages have threads, in which changes are told."""

    def reply(self, handle: str, notice: Notice) -> None:
        """Post what changed into the thread of the message. Raises as `send`."""

    def has_reply(self, handle: str, notice: Notice) -> bool:
        """Whether the thread has the reply already. Raises as `find`."""


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

    def settle(
        self, claim: Claim, settlement: Settlement, now: datetime, records: Iterable[OutboxRecord]
    ) -> None:
        """Store what a step of a group changed, make it due again and give the lease back.

        With a revision that came meanwhile it is due at once.
        """

    def depth(self, receiver: str) -> int:
        """How many jobs are queued, deferred and leased ones included."""

    def list_oldest(self, receiver: str) -> dict[Priority, datetime]:
        """When the oldest job of each priority was queued, deferred and leased ones left out."""


class FiringAlerts(Protocol):
    """The firing alerts that inhibit others, of all notifiers; may raise the store's own errors."""

    def note(self, alerts: Iterable[Alert], rules: Sequence[InhibitRule], now: datetime) -> None:
        """Store which of these revisions inhibit others by the rules; older ones change nothing."""

    def find(self, rules: Sequence[InhibitRule], alert: FiringAlert) -> InhibitedBy | None:
        """What inhibits the alert by the rules now, if anything; may be a second old."""


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
