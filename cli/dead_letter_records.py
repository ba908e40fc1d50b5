"""Dead letters as records of their topic: which are open, and what each sends again."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kafka.consumer.fetcher import ConsumerRecord
from pydantic import ValidationError
from pydantic_core import from_json, to_json

from schemas.envelope import DATA_SCHEMA, DEAD_LETTER_RETRIED, Headers, header
from schemas.event import Event
from schemas.topics import EVENTS

TOO_LATE = "too_late"
"""The reason of hits that every window refuses, however often they are sent."""
_LETTER_HEADERS = frozenset({"reason", "where", "topic", "partition", "offset"})

RecordPosition = tuple[int, int]
"""Partition and offset of a record of the dead-letters topic."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that a part refused.

    `position` is that of the dead letter; `topic`, `partition` and `offset` are those of the
    message.
    """

    position: RecordPosition
    reason: str
    where: str
    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Headers


@dataclass(frozen=True, slots=True)
class ResentRecord:
    """One message to be sent again."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: Headers


def find_open(records: Sequence[ConsumerRecord]) -> list[DeadLetter]:
    """The dead letters that were not sent again yet, in the order of the records.

    Records whose headers name no message are left out.
    """
    retried = find_retried(records)
    letters = (_parse(record) for record in records if not is_retry_marker(record))
    return [letter for letter in letters if letter and letter.position not in retried]


def is_retry_marker(record: ConsumerRecord) -> bool:
    """Whether the record is no dead letter, but marks one as sent again."""
    return header(record.headers, DEAD_LETTER_RETRIED) is not None


def find_retried(records: Iterable[ConsumerRecord]) -> frozenset[RecordPosition]:
    """The positions of the dead letters that are marked as sent again."""
    markers = (header(record.headers, DEAD_LETTER_RETRIED) for record in records)
    parts = (marker.partition("@") for marker in markers if marker)
    return frozenset((int(partition), int(offset)) for partition, _, offset in parts)


def _parse(record: ConsumerRecord) -> DeadLetter | None:
    values = {name: header(record.headers, name) or "" for name in _LETTER_HEADERS}
    try:
        return DeadLetter(
            position=(record.partition, record.offset),
            reason=values["reason"],
            where=values["where"],
            topic=values["topic"],
            partition=int(values["partition"]),
            offset=int(values["offset"]),
            key=record.key,
            value=record.value,
            headers=[pair for pair in record.headers if pair[0] not in _LETTER_HEADERS],
        )
    except ValueError:
        return None


def retry_marker_headers(letter: DeadLetter) -> Headers:
    """The headers of the record that marks `letter` as sent again."""
    partition, offset = letter.position
    return [(DEAD_LETTER_RETRIED, f"{partition}@{offset}".encode())]


def records_to_resend(
    letter: DeadLetter, originals: Iterable[ConsumerRecord]
) -> Iterator[ResentRecord]:
    """What the dead letter sends again: its value, else the message it names (`originals`).

    Each event of a batch is sent alone, under its own key, with the batch's schema version.
    """
    if letter.value is None:
        for record in originals:
            yield ResentRecord(letter.topic, record.key, record.value, list(record.headers))
    elif letter.topic.endswith(EVENTS):
        schema = [pair for pair in letter.headers if pair[0] == DATA_SCHEMA]
        for value in _split_batch(letter.value):
            yield ResentRecord(letter.topic, _event_key(value) or letter.key, value, schema)
    else:
        yield ResentRecord(letter.topic, letter.key, letter.value, letter.headers)


def _split_batch(raw: bytes) -> list[bytes]:
    """The events of a batch; anything else as it is."""
    try:
        items = from_json(raw)
    except ValueError:
        return [raw]
    return [to_json(item) for item in items] if isinstance(items, list) else [raw]


def _event_key(raw: bytes) -> bytes | None:
    try:
        return Event.model_validate_json(raw).key
    except ValidationError:
        return None
