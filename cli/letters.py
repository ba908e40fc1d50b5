"""Dead letters as they stand in the topic: which are open, and what each would send again."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kafka.consumer.fetcher import ConsumerRecord
from pydantic import ValidationError

from schemas.envelope import (
    DEAD_LETTER_RETRIED,
    Headers,
    header,
)
from schemas.event import Event
from schemas.topics import EVENTS

TOO_LATE = "too_late"
"""The reason of hits that no window takes, however often they are sent."""
_OF_THE_LETTER = frozenset({"reason", "where", "topic", "partition", "offset"})

Place = tuple[int, int]
"""Partition and offset of a letter among the dead letters."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One letter: where it stands, whence it came and why."""

    place: Place
    reason: str
    where: str
    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Headers


@dataclass(frozen=True, slots=True)
class Again:
    """One message to be sent again."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: Headers


def open_letters(found: Sequence[ConsumerRecord]) -> list[DeadLetter]:
    """The letters that were not sent again yet, in the order of the records.

    What has no place of origin in its headers is no letter of ours, and left out.
    """
    done = places_sent_again(found)
    letters = (_letter_of(record) for record in found if not is_mark(record))
    return [one for one in letters if one is not None and one.place not in done]


def is_mark(record: ConsumerRecord) -> bool:
    """Whether it is no letter, but says of one that it was sent again."""
    return header(record.headers, DEAD_LETTER_RETRIED) is not None


def places_sent_again(found: Iterable[ConsumerRecord]) -> frozenset[Place]:
    """The places of the letters of which a mark says so."""
    said = (header(record.headers, DEAD_LETTER_RETRIED) or "" for record in found)
    parts = (one.partition("@") for one in said if one)
    return frozenset((int(partition), int(offset)) for partition, _, offset in parts)


def _letter_of(record: ConsumerRecord) -> DeadLetter | None:
    said = {name: header(record.headers, name) or "" for name in _OF_THE_LETTER}
    try:
        return DeadLetter(
            place=(record.partition, record.offset),
            reason=said["reason"],
            where=said["where"],
            topic=said["topic"],
            partition=int(said["partition"]),
            offset=int(said["offset"]),
            key=record.key,
            value=record.value,
            headers=[one for one in record.headers if one[0] not in _OF_THE_LETTER],
        )
    except ValueError:
        return None


def mark_of(letter: DeadLetter) -> Headers:
    """The headers of the mark that `letter` was sent again."""
    partition, offset = letter.place
    return [(DEAD_LETTER_RETRIED, f"{partition}@{offset}".encode())]


def again(letter: DeadLetter, originals: Iterable[ConsumerRecord]) -> Iterator[Again]:
    """What the letter sends again: itself, or the message it is about (`originals`) without bytes.

    An item of a bundle goes alone, under the key of its event.
    """
    if letter.value is not None:
        yield _alone(letter)
        return
    for record in originals:
        yield Again(letter.topic, record.key, record.value, list(record.headers))


def _alone(letter: DeadLetter) -> Again:
    if letter.topic.endswith(EVENTS):
        return Again(letter.topic, _key(letter.value) or letter.key, letter.value, [])
    return Again(letter.topic, letter.key, letter.value, letter.headers)


def _key(raw: bytes | None) -> bytes | None:
    try:
        return Event.model_validate_json(raw or b"").key
    except ValidationError:
        return None
