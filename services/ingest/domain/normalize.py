"""A report and who sent it → an Event as it is stored, or a Refusal with every fault by field."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from schemas.duty import is_own
from schemas.event import LARGEST_EVENT, Event, completed, replayed_at
from services.ingest.domain.refusal import Fault, Refusal, refused
from services.ingest.domain.reporter import Reporter

DEEPEST = 3
MOST_FAULTS = 20
_VALUE_ERROR = "Value error, "
_DERIVED = {"id", "occurred_at", "recorded_at"}


@dataclass(frozen=True, slots=True)
class ReportContext:
    """Who sent it (None: anybody may), when it came in, and whether the recorded clock counts."""

    identity: Reporter | None
    now: datetime
    recorded: bool = False


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event and its bytes as they are stored."""

    event: Event
    value: bytes


def normalize(item: Any, arrival: ReportContext) -> StoredEvent | Refusal:
    """The event that `item`, a parsed report, becomes; a Refusal passes through as it is."""
    if isinstance(item, Refusal):
        return item
    if not isinstance(item, dict):
        return Refusal((Fault("", f"an event is a JSON object, not {_kind(item)}"),))
    if _deeper_than(item, DEEPEST):
        return refused(item, Fault("", "nested deeper than an event can be"))
    not_its_own = tuple(_claims(item, arrival.identity))
    if not_its_own:
        return refused(item, *not_its_own)
    return _validated(item, arrival)


def _claims(body: Mapping[str, Any], identity: Reporter | None) -> Iterator[Fault]:
    """What only ingest may say: refused rather than overwritten, which nobody would see."""
    known = identity or Reporter(source="")
    for name, own in (("source_owner", known.owner), ("reliability", known.reliability)):
        if body.get(name) not in (None, own):
            yield Fault(name, "comes from the token file, never from the body")
    if body.get("earlier") is not None:
        yield Fault("earlier", "set by ingest, never by the body")
    source = body.get("source")
    if is_own(str(source or known.source)):
        yield Fault("source", "Vedette's own: nobody else publishes as it")
    if identity and isinstance(source, str) and not identity.may_publish(source):
        yield Fault("source", f"this token publishes as {identity.source!r} or below it")


def _validated(body: dict[str, Any], arrival: ReportContext) -> StoredEvent | Refusal:
    try:
        event = Event.model_validate(_full(body, arrival), extra="forbid")
    except ValidationError as error:
        return refused(body, *_bounded(_faults(error, body)))
    value = event.model_dump_json(exclude_defaults=True).encode()
    if len(value) > LARGEST_EVENT:
        message = f"{len(value)} bytes as stored: at most {LARGEST_EVENT} are taken"
        return refused(body, Fault("", message))
    return StoredEvent(event, value)


def _full(body: Mapping[str, Any], arrival: ReportContext) -> dict[str, Any]:
    said = {name: value for name, value in body.items() if value is not None}
    if arrival.identity is None:
        return completed(said, _recorded_at(said, arrival))
    said.setdefault("source", arrival.identity.source)
    full = completed(said, _recorded_at(said, arrival))
    # after `completed`: a new owner or grade must not change an id made from the content
    full["source_owner"] = arrival.identity.owner
    full["reliability"] = arrival.identity.reliability
    return full


def _recorded_at(body: Mapping[str, Any], arrival: ReportContext) -> Any:
    return replayed_at(body, arrival.now) if arrival.recorded else arrival.now


def _faults(error: ValidationError, body: Mapping[str, Any]) -> list[Fault]:
    details = error.errors(include_url=False, include_input=False, include_context=False)
    faults = dict.fromkeys(_fault(detail, body) for detail in details)
    # a field that was derived from a faulty one says nothing new
    own = [fault for fault in faults if fault.field not in _DERIVED - body.keys()]
    return own or list(faults)


def _fault(detail: ErrorDetails, body: Mapping[str, Any]) -> Fault:
    message = detail["msg"].removeprefix(_VALUE_ERROR).replace("valid tuple", "valid array")
    if detail["loc"]:
        return Fault(_path(detail["loc"], body), message)
    field, _, rest = message.partition(": ")
    return Fault(field, rest) if rest else Fault("", message)


def _path(location: tuple[int | str, ...], body: Any) -> str:
    """`location` without what names no place in the body, such as the branches of a union."""
    parts, here = [str(location[0])], body.get(location[0])
    for part in location[1:]:
        inside = here if isinstance(here, dict) else dict(enumerate(_items(here)))
        if part in inside:
            parts, here = [*parts, str(part)], inside[part]
    return ".".join(parts)


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _bounded(faults: list[Fault]) -> list[Fault]:
    more = len(faults) - MOST_FAULTS
    return [*faults[:MOST_FAULTS], Fault("", f"and {more} more")] if more > 0 else faults


def _deeper_than(value: Any, levels: int) -> bool:
    if not isinstance(value, dict | list):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return levels == 0 or any(_deeper_than(one, levels - 1) for one in inner)


def _kind(value: Any) -> str:
    kinds = {str: "a string", bool: "a boolean", list: "an array", type(None): "null"}
    return kinds.get(type(value), "a number")
