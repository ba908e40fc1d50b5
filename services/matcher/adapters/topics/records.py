"""Kafka records as the agents receive and send them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from schemas.envelope import Headers


class ConsumerRecord(Protocol):
    """What is read of a received message."""

    @property
    def topic(self) -> str: ...  # noqa: D102  (Kafka's own words, here and below)
    @property
    def partition(self) -> int: ...  # noqa: D102
    @property
    def offset(self) -> int: ...  # noqa: D102
    @property
    def key(self) -> bytes | None: ...  # noqa: D102
    @property
    def value(self) -> bytes | None: ...  # noqa: D102
    @property
    def timestamp(self) -> float: ...  # noqa: D102  (seconds: Faust's, not Kafka's milliseconds)
    @property
    def timestamp_type(self) -> int: ...  # noqa: D102
    @property
    def headers(self) -> Iterable[tuple[str, bytes]]: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class ProducerRecord:
    """One message to be sent; `partition` None: its key chooses the partition."""

    value: bytes | None
    headers: Headers
    key: bytes | None = None
    partition: int | None = None
