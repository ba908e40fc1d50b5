"""A thread that brings the outbox to Kafka: the ledger and the dead letters."""

import threading
from contextlib import suppress
from dataclasses import dataclass, field

from kafka import KafkaProducer
from kafka.errors import KafkaError, KafkaTimeoutError
from redis import RedisError

from schemas.topics import topic_name
from services.notifier.domain.ports import OutboxRecord, OutboxStore
from services.telemetry import logger

log = logger(__name__)

IDLE = 0.2
AFTER_FAULT = 1.0
MOST = 200
PATIENCE_MS = 10_000


class _Disposable(KafkaProducer):  # type: ignore[misc]  # kafka-python has no types
    """A producer that can be thrown away with messages under way."""

    def flush(self, timeout: float | None = None) -> None:
        """As the parent's; a time-out does not keep `close` from ending its thread."""
        with suppress(KafkaTimeoutError):
            super().flush(timeout)


@dataclass
class KafkaOutboxSender:
    """Implements Ledger; the connection is made when first needed.

    Raises kafka.errors.KafkaError when Kafka does not take a letter within `patience_ms`.
    """

    bootstrap_servers: str
    prefix: str
    patience_ms: int = PATIENCE_MS
    _producer: KafkaProducer | None = None

    def deliver(self, letters: list[OutboxRecord]) -> None:
        """Return when Kafka has all of them."""
        try:
            self._send(letters)
        except KafkaError:
            # once a batch has expired, this producer never sends again: the next one will
            self.close()
            raise

    def close(self) -> None:
        """Give the connection back; blocks 5 seconds at most."""
        if self._producer is not None:
            producer, self._producer = self._producer, None
            producer.close(timeout=5)

    def _send(self, letters: list[OutboxRecord]) -> None:
        producer = self._connected()
        sent = [
            producer.send(
                topic_name(self.prefix, one.topic), one.value, one.key, headers=one.headers
            )
            for one in letters
        ]
        for result in sent:
            result.get(timeout=self.patience_ms / 1000)

    def _connected(self) -> KafkaProducer:
        if self._producer is None:
            self._producer = _Disposable(
                bootstrap_servers=self.bootstrap_servers.split(","),
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
class OutboxRelay:
    """Delivers until stopped, then once more."""

    outbox: OutboxStore
    ledger: KafkaOutboxSender
    _stopping: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Deliver from now on, in a thread; returns at once."""
        self._thread = threading.Thread(target=self._run, name="relay", daemon=True)
        self._thread.start()

    def stop(self, timeout: float) -> None:
        """Deliver what is there now and end; blocks `timeout` seconds at most.

        What is left waits in Redis for the next start.
        """
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(timeout)

    @property
    def is_alive(self) -> bool:
        """Whether its thread runs."""
        return self._thread is not None and self._thread.is_alive()

    def _run(self) -> None:
        while not self._stopping.is_set():
            if not self._turn():
                self._stopping.wait(IDLE)
        self._turn()
        self.ledger.close()

    def _turn(self) -> bool:
        """Whether there may be more at once."""
        try:
            return self._deliver()
        except (KafkaError, RedisError) as error:
            log.warning("letters wait", error=f"{type(error).__name__}: {error}")
            self._stopping.wait(AFTER_FAULT)
        except Exception:
            # the one broad edge: letters wait in Redis, whatever is wrong
            log.exception("letters wait")
            self._stopping.wait(AFTER_FAULT)
        return False

    def _deliver(self) -> bool:
        letters = self.outbox.take(MOST)
        if letters:
            self.ledger.deliver(letters)
            self.outbox.delivered(len(letters))
        return len(letters) == MOST
