"""A message as the agents see it, and what an events message holds."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json, to_json

from schemas.envelope import EVENT, EVENTS_BATCH, TICK, header
from schemas.event import Event
from schemas.tick import Tick

READ = frozenset({EVENT, EVENTS_BATCH, None})
MOST_FAULTS = 5
LONGEST_REASON = 1000

_BUNDLE = TypeAdapter(tuple[Event, ...])


class Received(Protocol):
    """What is read of a Kafka message."""

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
    def headers(self) -> Iterable[tuple[str, bytes]]: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Poison:
    """What cannot be read, and why."""

    raw: bytes | None
    reason: str


Item = Event | Tick | Poison


def kind_of(message: Received) -> str | None:
    """The CloudEvents type, if the message has one."""
    return header(message.headers or (), "ce_type")


def items(message: Received) -> Iterator[Item]:
    """What an events message holds, in order: events, a tick, and what cannot be read.

    Items of a bundle are judged singly: one poison item costs itself alone.
    """
    raw, kind = message.value, kind_of(message)
    if not raw:
        yield Poison(raw, "empty message")
    elif kind == TICK:
        yield _tick(raw, message.partition)
    elif kind not in READ:
        yield Poison(raw, f"ce_type: {kind!r} is not read here")
    elif raw.lstrip()[:1] == b"[":
        yield from _bundle(raw)
    else:
        yield _event(raw)


def _tick(raw: bytes, partition: int) -> Tick | Poison:
    try:
        tick = Tick.model_validate_json(raw)
    except ValidationError as error:
        return Poison(raw, reason(error))
    if tick.partition != partition or partition >= tick.partitions:
        return Poison(raw, f"partition: {tick.partition} of {tick.partitions}, in {partition}")
    return tick


def _event(raw: bytes) -> Event | Poison:
    try:
        return Event.model_validate_json(raw)
    except ValidationError as error:
        return Poison(raw, reason(error))


def _bundle(raw: bytes) -> Iterator[Event | Poison]:
    try:
        yield from _BUNDLE.validate_json(raw)
    except ValidationError:
        yield from _singly(raw)


def _singly(raw: bytes) -> Iterator[Event | Poison]:
    try:
        found = from_json(raw, allow_inf_nan=False)
    except ValueError as error:
        yield Poison(raw, f"invalid JSON: {error}")
        return
    for item in found:
        yield _event(to_json(item))


def reason(error: ValidationError) -> str:
    """What is wrong, by field, in one line that fits a header."""
    faults = error.errors(include_url=False, include_context=False, include_input=False)
    said = [_fault(fault["loc"], fault["msg"]) for fault in faults[:MOST_FAULTS]]
    more = [f"{len(faults) - MOST_FAULTS} more"] if len(faults) > MOST_FAULTS else []
    return "; ".join([*said, *more])[:LONGEST_REASON]


def _fault(place: tuple[int | str, ...], text: str) -> str:
    named = ".".join(str(part) for part in place)
    return f"{named}: {text}" if named else text
