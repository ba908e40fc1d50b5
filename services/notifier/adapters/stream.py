"""The alerts topic: every message is stored in Redis before its offset is committed."""

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from math import inf
from typing import Any

from kafka import KafkaConsumer, OffsetAndMetadata
from kafka.errors import KafkaError, SaslAuthenticationFailedError
from redis import RedisError

from schemas.duty import is_watchdog
from schemas.envelope import header
from services.clock_skew import APPEND_TIME, ClockSkew
from services.kafka_address import KafkaAddress
from services.kafka_refusal import find_refusal
from services.lost_messages import make_loss_signal, report_loss
from services.metrics import DEAD_LETTERS, MALFORMED, keep_series, replace_series
from services.notifier.adapters.deleted_offsets import (
    NO_SUCH_OFFSET,
    continue_from,
    find_starts,
    list_losses,
)
from services.notifier.adapters.membership import Batch, Membership
from services.notifier.adapters.metrics import ALERTS, HOP_SECONDS, LAG, PROCESSED
from services.notifier.adapters.traced_jobs import trace_jobs
from services.notifier.adapters.watchdog import HeartbeatForwarder
from services.notifier.domain.codec import decode_alert, encode_signal
from services.notifier.domain.errors import LogLost
from services.notifier.domain.ports import (
    FiringAlerts,
    Job,
    NotificationLog,
    OutboxRecord,
    OutboxStore,
)
from services.notifier.domain.route import group_by_receivers
from services.notifier.domain.routing.tree import Routing
from services.telemetry import logger

log = logger(__name__)

COMMIT_MS = 5_000
AFTER_FAULT = 1.0
READER = "notifier"
LOGGED = ("reason", "partition", "offset")


def connect(address: KafkaAddress, topic: str, group: str, fetch_wait_ms: int) -> KafkaConsumer:
    """A consumer of the alerts topic; blocks 5 seconds at most.

    The broker holds a fetch open for `fetch_wait_ms` when it has nothing.

    Raises kafka.errors.KafkaError where no broker answers or admits us.
    """
    if (refusal := find_refusal(address)) is not None:
        raise SaslAuthenticationFailedError(refusal)
    return KafkaConsumer(
        topic,
        **address.client_options(),
        group_id=group,
        enable_auto_commit=False,
        auto_offset_reset="none",
        session_timeout_ms=6_000,
        heartbeat_interval_ms=2_000,
        bootstrap_timeout_ms=5_000,
        fetch_max_wait_ms=fetch_wait_ms,
        metadata_max_age_ms=10_000,
        # the default waits half a minute before reconnecting
        reconnect_backoff_max_ms=1_000,
        allow_auto_create_topics=False,
        max_partition_fetch_bytes=2 * 1024 * 1024,
        max_poll_records=500,
    )


@dataclass
class AlertStream:
    """Reads alerts in the thread that calls `run`; calls `on_queued` after each batch."""

    member: Membership
    notifications: NotificationLog
    outbox: OutboxStore
    routing: Callable[[], Routing]
    clock: Callable[[], datetime]
    on_queued: Callable[[], None]
    watchdog: HeartbeatForwarder
    firing: FiringAlerts
    store_alerts: Callable[[Sequence[Job]], None]
    skew: ClockSkew = field(default_factory=lambda: ClockSkew(inf))

    @property
    def consumer(self) -> KafkaConsumer:
        """The member's."""
        return self.member.consumer

    def run(self, stopping: threading.Event) -> None:
        """Read until `stopping` is set or the membership is lost, then leave the group.

        Raises kafka.errors.KafkaError where a retry does not help.
        """
        try:
            while not stopping.is_set() and not self.member.is_lost:
                self._read_batch(stopping)
        finally:
            self.consumer.close(timeout_ms=COMMIT_MS)

    def _read_batch(self, stopping: threading.Event) -> None:
        try:
            batch = self.member.poll()
            if batch:
                self._measure_clock(batch)
                is_committed = self._store_batch(batch)
                stopping.wait(0 if is_committed else AFTER_FAULT)
            self._measure()
        except NO_SUCH_OFFSET as fault:
            self._skip_deleted(fault, stopping)
        except KafkaError as error:
            if not error.retriable:
                raise
            log.warning("kafka fails", error=f"{type(error).__name__}: {error}")
            stopping.wait(AFTER_FAULT)

    def _measure_clock(self, batch: Batch) -> None:
        now = self.clock().timestamp()
        for records in batch.values():
            if records[-1].timestamp_type == APPEND_TIME:
                self.skew.note_received(records[-1].timestamp / 1000, now)

    def _skip_deleted(self, fault: Exception, stopping: threading.Event) -> None:
        """Continue at the first messages that exist; what was deleted unread is reported."""
        try:
            starts = find_starts(self.consumer, fault)
            losses = list_losses(fault, starts)
            signals = [make_loss_signal(lost, READER, self.clock()) for lost in losses]
            self.outbox.append([encode_signal(signal) for signal in signals])
            for lost in losses:
                report_loss(lost)
            continue_from(self.consumer, starts, COMMIT_MS)
        except (KafkaError, RedisError, LogLost) as error:
            log.warning("cannot skip deleted", error=f"{type(error).__name__}: {error}")
            stopping.wait(AFTER_FAULT)

    def _store_batch(self, batch: Batch) -> bool:
        """Whether the whole batch is in Redis and committed; if not, it is read again."""
        try:
            epoch = self.notifications.epoch()
            self._queue([record for records in batch.values() for record in records])
            self.on_queued()
            # a log lost before the commit is rebuilt without what was not committed
            is_committed = self._commit(batch) and self.notifications.epoch() == epoch
            self._measure_hop(batch)
        except (RedisError, LogLost) as error:
            log.warning("not queued", error=f"{type(error).__name__}: {error}")
            is_committed = False
        if not is_committed:
            self._rewind(batch)
        return is_committed

    def _queue(self, records: list[Any]) -> None:
        decoded = [decode_alert(record) for record in records]
        jobs = [job for job in decoded if isinstance(job, Job)]
        with trace_jobs(jobs) as traced:
            self._queue_jobs(traced)
        dead_letters = [record for record in decoded if isinstance(record, OutboxRecord)]
        self.outbox.append(dead_letters)
        for letter in dead_letters:
            log.warning("dead letter", **{name: header(letter.headers, name) for name in LOGGED})
        watchdogs = [job.alert for job in jobs if is_watchdog(job.alert)]
        for alert in watchdogs:
            self.watchdog.receive(alert)
        ALERTS.labels("queued").inc(len(jobs) - len(watchdogs))
        ALERTS.labels("malformed").inc(len(dead_letters))
        DEAD_LETTERS.labels(READER, MALFORMED).inc(len(dead_letters))

    def _queue_jobs(self, jobs: Sequence[Job]) -> None:
        routing = self.routing()
        # before anything is queued, so that a target in the same batch is inhibited
        self.firing.note([job.alert for job in jobs], routing.inhibit_rules, self.clock())
        self.store_alerts([job for job in jobs if not is_watchdog(job.alert)])
        for names, group in group_by_receivers(jobs, routing).items():
            self.notifications.put(group, names, self.clock())

    def _measure_hop(self, batch: Batch) -> None:
        now = self.clock().timestamp()
        for partition, records in batch.items():
            # Kafka tells milliseconds
            written = [record.timestamp / 1000 for record in records]
            PROCESSED.labels(str(partition.partition)).set(written[-1])
            for at in written:
                HOP_SECONDS.observe(max(0.0, now - at))

    def _rewind(self, batch: Batch) -> None:
        for partition, records in batch.items():
            with suppress(ValueError):  # no longer assigned: its new owner reads it
                self.consumer.seek(partition, records[0].offset)

    def _commit(self, batch: Batch) -> bool:
        ends = {
            partition: OffsetAndMetadata(records[-1].offset + 1, "", -1)
            for partition, records in batch.items()
        }
        try:
            self.consumer.commit(ends, timeout_ms=COMMIT_MS)
        except KafkaError as error:
            # read again, and skipped then: the log knows them
            log.warning("offsets not committed", error=f"{type(error).__name__}: {error}")
            return False
        return True

    def _measure(self) -> None:
        """Show the lag of the partitions owned, and of no other: another notifier shows those."""
        lags: dict[tuple[str, ...], float] = {}
        for partition in self.consumer.assignment():
            # known once something was fetched; then the position is too, and asks nobody
            with suppress(KafkaError):
                if (end := self.consumer.highwater(partition)) is not None:
                    waiting = end - self.consumer.position(partition)
                    lags[str(partition.partition),] = max(0, waiting)
        replace_series(LAG, lags)
        keep_series(PROCESSED, lags.keys())
