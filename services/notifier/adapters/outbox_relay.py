"""A thread that sends the outbox to Kafka: the ledger and the dead letters."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from kafka import KafkaProducer
from kafka.errors import KafkaError, KafkaTimeoutError
from redis import RedisError

from schemas.ledger import LedgerLine
from schemas.topics import LEDGER, topic_name
from services.kafka_address import KafkaAddress
from services.notifier.adapters.stoppable_thread import StoppableThread
from services.notifier.domain.ports import OutboxRecord, OutboxSender, OutboxStore
from services.telemetry import logger

log = logger(__name__)

IDLE = 0.2
AFTER_FAULT = 1.0
MOST = 200
PATIENCE_MS = 10_000


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
        producer = self._connect()
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
            answer.get(timeout=self.patience_ms / 1000)

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


@dataclass
class OutboxRelay(StoppableThread):
    """Sends the outbox to Kafka until stopped, then once more.

    The rest stays in Redis for the next start. `keep_lines` gets the ledger lines that Kafka has,
    those of a batch once more if its end is not known.
    """

    outbox: OutboxStore
    sender: OutboxSender
    keep_lines: Callable[[Sequence[LedgerLine]], None]

    def _run(self) -> None:
        while not self._stopping.is_set():
            if not self._relay():
                self._stopping.wait(IDLE)
        self._relay()
        self.sender.close()

    def _relay(self) -> bool:
        """Whether a full batch was sent, so that more may be stored."""
        try:
            return self._relay_batch() == MOST
        except (KafkaError, RedisError) as error:
            log.warning("outbox records pending", error=f"{type(error).__name__}: {error}")
        except Exception:
            # the one broad edge: the records stay in Redis, whatever the fault
            log.exception("outbox records pending")
        self._stopping.wait(AFTER_FAULT)
        return False

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
