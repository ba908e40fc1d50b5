"""A client that asks the broker and changes its topics, as commands open it."""

from collections.abc import Iterator
from contextlib import contextmanager

from kafka import KafkaAdminClient
from kafka.errors import KafkaError

from cli.broker import REACH_MS, check_admission, describe_broker_fault
from services.kafka_address import KafkaAddress

CLIENT_MS = 10_000


@contextmanager
def open_admin(address: KafkaAddress) -> Iterator[KafkaAdminClient]:
    """An admin client, closed at the end.

    Raises:
        CommandFailure: no broker answers there within 3 seconds, or it refuses us or a request.
    """
    check_admission(address)
    try:
        client = KafkaAdminClient(
            **address.client_options(),
            bootstrap_timeout_ms=REACH_MS,
            request_timeout_ms=CLIENT_MS,
        )
    except (KafkaError, ValueError) as error:
        raise describe_broker_fault(address, error) from error
    try:
        yield client
    except KafkaError as error:
        raise describe_broker_fault(address, error) from error
    finally:
        client.close()
