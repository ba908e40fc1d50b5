"""One kafka-python producer: connected, checked and closed. Everything here blocks."""

import socket
from dataclasses import dataclass

from kafka import KafkaProducer
from kafka.errors import KafkaError, KafkaTimeoutError

from services.kafka_address import KafkaAddress, split_server
from services.kafka_refusal import find_refusal
from services.telemetry import logger

PROBE_SECONDS = 2.0
REFRESH_MS = 1000
STALE_SECONDS = 5.0
DELIVERY_MS = 6000

log = logger(__name__)


@dataclass(frozen=True, slots=True)
class KafkaConnection:
    """The state of Kafka at the last check; nothing is sent while there is a fault."""

    producer: KafkaProducer | None = None
    partitions: int = 0
    fault: str | None = "not connected yet"


def check_kafka(
    producer: KafkaProducer | None, address: KafkaAddress, topic: str
) -> KafkaConnection:
    """The state of Kafka now; connects first without a producer. Takes seconds, never raises."""
    try:
        producer = producer or _connect(address)
        partitions = len(producer.partitions_for(topic))
    except (KafkaError, OSError) as error:
        return KafkaConnection(producer, fault=f"{topic}: {error or type(error).__name__}")
    age = producer.metrics()["producer-metrics"]["metadata-age"]
    fault = f"no answer for {age:.0f} s" if age > STALE_SECONDS else None
    return KafkaConnection(producer, partitions, fault)


def close(producer: KafkaProducer, seconds: float) -> None:
    """Send what is in flight for up to `seconds`, then drop the rest; takes three times as long."""
    producer.close(timeout=seconds)


class _Producer(KafkaProducer):  # type: ignore[misc]  # kafka-python has no types
    def flush(self, timeout: float | None = None) -> None:
        """As the parent's, but a time-out does not raise.

        Otherwise the parent's `close`, which flushes, raises and leaves its thread running.
        """
        try:
            super().flush(timeout)
        except KafkaTimeoutError as error:
            log.warning("closed with messages in flight", error=str(error))


def _connect(address: KafkaAddress) -> KafkaProducer:
    _probe(address)
    return _Producer(
        **address.client_options(),
        client_id="vedette-ingest",
        acks="all",
        enable_idempotence=True,
        linger_ms=0,
        allow_auto_create_topics=False,
        bootstrap_timeout_ms=3000,
        max_block_ms=500,
        metadata_max_age_ms=REFRESH_MS,
        reconnect_backoff_max_ms=1000,
        request_timeout_ms=DELIVERY_MS - 1000,
        delivery_timeout_ms=DELIVERY_MS,
    )


def _probe(address: KafkaAddress) -> None:
    """Raise OSError where no server listens, and PermissionError where it does not admit us.

    The client would leak its sockets, and say that nobody answers.
    """
    _find_listener(address.server_list)
    if (refusal := find_refusal(address)) is not None:
        raise PermissionError(refusal)


def _find_listener(servers: list[str]) -> None:
    for number, server in enumerate(servers, 1):
        try:
            socket.create_connection(split_server(server), timeout=PROBE_SECONDS).close()
        except OSError:
            if number == len(servers):
                raise
        else:
            return
