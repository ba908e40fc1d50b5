"""A thread that sends the outbox to Kafka: the ledger and the dead letters."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from math import inf

from kafka import KafkaProducer
from kafka.errors import KafkaError, KafkaTimeoutError
from redis import RedisError

from schemas.ledger import LedgerLine
from schemas.topics import LEDGER, topic_name
from services.clock_skew import ClockSkew
from services.kafka_address import KafkaAddress
from services.notifier.adapters.stoppable_thread import StoppableThread
from services.notifier.domain.ports import OutboxRecord, OutboxSender, OutboxStore
from services.telemetry import logger

log = logger(__name__)

IDLE = 0.2
AFTER_FAULT = 1.0
MOST = 200
PATIENCE_MS = 10_000
PATIENCE_SECONDS = 15.0
"""More than a leader's election takes; then records that wait are a fault."""
LOG_SECONDS = 60.0


class _Disposable(KafkaProducer):  # type: ignore[misc]  # kafka-python has no types
    """A producer that can be closed with messages in flight."""

    def flush(self, timeout: float | None = None) -> None:
        """As the parent's; on a time-out `close` still ends its thread."""
        with suppress(KafkaTimeoutError):
            super().flush(timeout)


@dataclass
class KafkaOutboxSender:
    """Implements OutboxSender; connects at the first send.

    Raises kafka.errors.KafkaError when Kafka does not take a record within `patience_ms`.
    """

    address: KafkaAddress
    prefix: str
    patience_ms: int = PATIENCE_MS
    skew: ClockSkew = field(default_factory=lambda: ClockSkew(inf))
    _producer: KafkaProducer | None = None

    def send(self, records: Iterable[OutboxRecord]) -> None:
        """Return when Kafka has acknowledged all of them."""
        try:
            self._send_all(records)
        except KafkaError:
            # a producer whose batch expired never sends again: the next send makes a new one
            self.close()
            raise

    def close(self) -> None:
        """Give the connection back; blocks 5 seconds at most."""
        if self._producer is not None:
            producer, self._producer = self._producer, None
            producer.close(timeout=5)

    def _send_all(self, records: Iterable[OutboxRecord]) -> None:
        producer, sent = self._connect(), time.time()
        answers = [
            producer.send(
                topic_name(self.prefix, record.topic),
                record.value,
                record.key,
                headers=record.headers,
            )
            for record in records
        ]
        for answer in answers:
            metadata = answer.get(timeout=self.patience_ms / 1000)
            self.skew.note_sent(sent, metadata.timestamp / 1000, time.time())

    def _connect(self) -> KafkaProducer:
        if self._producer is None:
            self._producer = _Disposable(
                **self.address.client_options(),
                acks="all",
                enable_idempotence=True,
                reconnect_backoff_max_ms=1_000,
                max_block_ms=self.patience_ms,
                delivery_timeout_ms=self.patience_ms,
                request_timeout_ms=self.patience_ms // 2,
                bootstrap_timeout_ms=self.patience_ms // 2,
                allow_auto_create_topics=False,
                max_request_size=2 * 1024 * 1024,
            )
        return self._producer


@dataclass(frozen=True, slots=True)
class Failing:
    """Since when nothing is sent, when that was logged last, and why; times of a clock."""

    since: float
    logged: float
    reason: str


@dataclass
class OutboxRelay(StoppableThread):
    """Sends the outbox to Kafka until stopped, then once more.

    The rest stays in Redis for the next start. `keep_lines` gets the ledger lines that Kafka has,
    those of a batch once more if its end is not known.
    """

    outbox: OutboxStore
    sender: OutboxSender
    keep_lines: Callable[[Sequence[LedgerLine]], None]
    clock: Callable[[], float] = time.monotonic
    _failing: Failing | None = field(default=None, init=False)

    def check(self) -> str | None:
        """Why records wait in Redis, if they have for longer than a moment; from any thread."""
        failing = self._failing
        if failing is None or (waited := self.clock() - failing.since) < PATIENCE_SECONDS:
            return None
        return f"ledger lines and dead letters have waited for {waited:.0f} s: {failing.reason}"

    def relay(self) -> int:
        """Send the oldest records; how many, 0 too where that fails: then they stay stored."""
        try:
            sent = self._relay_batch()
        except (KafkaError, RedisError) as error:
            self._note_failure(f"{type(error).__name__}: {error}")
        except Exception as error:
            # the one broad edge: the records stay in Redis, whatever the fault
            log.exception("outbox records pending")
            self._note_failure(repr(error))
        else:
            self._failing = None
            return sent
        return 0

    def _note_failure(self, reason: str) -> None:
        """Log the first failure of a row, and how it goes on once a minute."""
        now = self.clock()
        known = self._failing or Failing(now, now - LOG_SECONDS, reason)
        if now - known.logged >= LOG_SECONDS:
            log.warning("outbox records pending", error=reason)
            known = replace(known, logged=now)
        self._failing = replace(known, reason=reason)

    def _run(self) -> None:
        while not self._stopping.is_set():
            # after a full batch more may be stored
            if self.relay() < MOST:
                self._stopping.wait(IDLE if self._failing is None else AFTER_FAULT)
        self.relay()
        self.sender.close()

    def _relay_batch(self) -> int:
        records = self.outbox.take(MOST)
        if records:
            self.sender.send(records)
            self.keep_lines(list(_list_lines(records)))
            self.outbox.drop(len(records))
        return len(records)


def _list_lines(records: Iterable[OutboxRecord]) -> Iterator[LedgerLine]:
    for record in records:
        if record.topic == LEDGER:
            yield LedgerLine.model_validate_json(record.value)
