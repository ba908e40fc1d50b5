"""A report and its reporter → an Event as it is stored, or a refusal with all errors by field."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from schemas.duty import is_own
from schemas.event import (
    LARGEST_EVENT,
    OF_ANOTHER_SOURCE,
    Event,
    choose_recorded_at,
    complete_report,
    drop_nulls,
)
from schemas.model import LONGEST_LIST
from services.ingest.domain.reporter import Reporter
from services.ingest.domain.result import FieldError, ReportResult, refuse
from services.trace_context import TraceContext
from services.validation_errors import describe_with_hint

DEEPEST = 3
MOST_ERRORS = 10
_FIELDS = frozenset(Event.model_fields)
_CONTAINERS = (dict, list)
_DERIVED = {"id", "occurred_at", "recorded_at", "source_owner"}


@dataclass(frozen=True, slots=True)
class ReportContext:
    """What normalizing needs besides a report.

    `recorded`: the recorded clock counts; events keep the `recorded_at` and `story` they have.
    """

    reporter: Reporter
    now: datetime
    recorded: bool = False


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event and its bytes as they are stored; the trace of its request is stored beside it."""

    event: Event
    value: bytes
    trace: TraceContext | None = None


def normalize(item: Any, context: ReportContext) -> StoredEvent | ReportResult:
    """The event of `item`, a decoded report, or its refusal; a ReportResult stays as it is."""
    if isinstance(item, ReportResult):
        return item
    if not isinstance(item, dict):
        message = f"an event is a JSON object, not {_name_type(item)}"
        return refuse({}, FieldError(field="", message=message))
    if _is_deeper_than(item, DEEPEST):
        return refuse(item, FieldError(field="", message="nested deeper than an event can be"))
    if errors := tuple(_find_excess(item)):
        return refuse(item, *errors)
    errors = tuple(_find_claims(item, context))
    return refuse(item, *errors) if errors else _validate(item, context)


def add_story(stored: StoredEvent, story: str) -> StoredEvent:
    """The event with its story, or as it is where it has one or is as large as an event may be."""
    return stored if stored.event.story is not None else _add_member(stored, "story", story)


def add_language(stored: StoredEvent, language: str) -> StoredEvent:
    """The event with its language, unless it is as large as an event may be; it must have none."""
    return _add_member(stored, "language", language)


def _add_member(stored: StoredEvent, name: str, value: str) -> StoredEvent:
    member = f',"{name}":{json.dumps(value, ensure_ascii=False)}}}'.encode()
    if len(stored.value) + len(member) > LARGEST_EVENT:
        return stored
    # the value need not be encoded again
    event = stored.event.model_copy(update={name: value})
    return replace(stored, event=event, value=stored.value[:-1] + member)


def _find_excess(body: Mapping[str, Any]) -> Iterator[FieldError]:
    """What alone would make validation and its errors long."""
    unknown = [] if body.keys() <= _FIELDS else [name for name in body if name not in _FIELDS]
    if len(unknown) > MOST_ERRORS:
        for name in unknown[:MOST_ERRORS]:
            yield FieldError(field=name, message="an event has no such field")
        yield FieldError(field="", message=f"and {len(unknown) - MOST_ERRORS} more")
        return
    for name, value in body.items():
        if isinstance(value, _CONTAINERS) and len(value) > LONGEST_LIST:
            message = f"{len(value)} entries: at most {LONGEST_LIST} are taken"
            yield FieldError(field=name, message=message)


def _find_claims(body: Mapping[str, Any], context: ReportContext) -> Iterator[FieldError]:
    """What only ingest may set: refused, since overwriting it would go unnoticed."""
    reporter = context.reporter
    owner = reporter.own(body.get("source"))
    for name, own in (("source_owner", owner), ("reliability", reporter.reliability)):
        if body.get(name) not in (None, own) and not _may_claim(body, context):
            yield FieldError(field=name, message="comes from the token file, never from the body")
    for name in ("supersedes", "retracts"):
        if isinstance(body.get(name), str) and reporter.is_of_another(body[name]):
            yield FieldError(field=name, message=OF_ANOTHER_SOURCE)
    if body.get("story") is not None and not context.recorded:
        yield FieldError(field="story", message="set by ingest, never by the body")
    source = body.get("source")
    if is_own(str(source or reporter.source)):
        yield FieldError(field="source", message="Vedette's own: nobody else publishes as it")
    if isinstance(source, str) and not reporter.may_publish(source):
        yield FieldError(field="source", message=_describe_sources(reporter))


def _may_claim(body: Mapping[str, Any], context: ReportContext) -> bool:
    """Whether the body may say owner and grade: where ingest is open, and in what pages nobody."""
    return context.reporter.source is None and (context.recorded or body.get("exercise") is True)


def _describe_sources(reporter: Reporter) -> str:
    if reporter.source is None:
        return "has a token: only its holder publishes as it"
    return f"this token publishes as {reporter.source!r} or below it, where no other token does"


def _validate(body: dict[str, Any], context: ReportContext) -> StoredEvent | ReportResult:
    try:
        event = Event.model_validate(_complete(body, context), extra="forbid")
    except ValidationError as error:
        return refuse(body, *_limit(_field_errors(error, body)))
    value = event.model_dump_json(exclude_defaults=True).encode()
    if len(value) > LARGEST_EVENT:
        message = f"{len(value)} bytes as stored: at most {LARGEST_EVENT} are taken"
        return refuse(body, FieldError(field="", message=message))
    return StoredEvent(event, value)


def _complete(body: Mapping[str, Any], context: ReportContext) -> dict[str, Any]:
    given = drop_nulls(body)
    recorded_at = choose_recorded_at(given, context.now) if context.recorded else context.now
    if context.reporter.source is not None:
        given.setdefault("source", context.reporter.source)
    full = complete_report(given, recorded_at)
    # after `complete_report`: a new owner or grade must not change an id made from the content
    claims = given if _may_claim(body, context) else {}
    own = context.reporter.own(given.get("source"))
    full["source_owner"] = claims.get("source_owner") or own
    full["reliability"] = claims.get("reliability") or context.reporter.reliability
    return full


def _field_errors(error: ValidationError, body: Mapping[str, Any]) -> list[FieldError]:
    details = error.errors(include_url=False, include_input=False)
    errors = dict.fromkeys(_field_error(detail, body) for detail in details)
    # an error in a derived field only follows from the one in the field that it derives from
    derived = _DERIVED - body.keys()
    in_body = [error for error in errors if error.field not in derived]
    return in_body or list(errors)


def _field_error(detail: ErrorDetails, body: Mapping[str, Any]) -> FieldError:
    message = describe_with_hint(detail, Event.model_fields)
    if detail["loc"]:
        return FieldError(field=_path_in(body, detail["loc"]), message=message)
    field, _, rest = message.partition(": ")
    return FieldError(field=field, message=rest) if rest else FieldError(field="", message=message)


def _path_in(body: Any, location: tuple[int | str, ...]) -> str:
    """`location` without steps that are not in the body, such as the branches of a union."""
    path, value = [str(location[0])], body.get(location[0])
    for step in location[1:]:
        if _has_step(value, step):
            path, value = [*path, str(step)], value[step]
    return ".".join(path)


def _has_step(value: Any, step: int | str) -> bool:
    if isinstance(value, list):
        return isinstance(step, int) and step < len(value)
    return isinstance(value, dict) and step in value


def _limit(errors: Sequence[FieldError]) -> Sequence[FieldError]:
    more = len(errors) - MOST_ERRORS
    if more <= 0:
        return errors
    return [*errors[:MOST_ERRORS], FieldError(field="", message=f"and {more} more")]


def _is_deeper_than(value: Any, levels: int) -> bool:
    if not isinstance(value, _CONTAINERS):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return levels == 0 or any(
        _is_deeper_than(each, levels - 1) for each in inner if isinstance(each, _CONTAINERS)
    )


def _name_type(value: Any) -> str:
    names = {str: "a string", bool: "a boolean", list: "an array", type(None): "null"}
    return names.get(type(value), "a number")
