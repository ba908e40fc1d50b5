"""Which past events a replay posts, how they are marked, and when each is posted."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter, ValidationError

from cli.faults import CommandFailure
from cli.posting import Line
from schemas.duty import is_own
from schemas.event import Event, choose_recorded_at
from schemas.model import Instant

LONGEST_PAUSE = 3600.0
SET_BY_INGEST = frozenset({"story"})
_SPEED = re.compile(r"(\d{1,6}(?:\.\d{1,3})?)x")
_NO_TIME: Any = None
_INSTANT: TypeAdapter[datetime] = TypeAdapter(Instant)


@dataclass(frozen=True, slots=True)
class ReplayRange:
    """Events recorded from `since` to before `until`; None: no bound.

    `as_of`: what was recorded later is not known yet, and left out.
    """

    since: datetime | None = None
    until: datetime | None = None
    as_of: datetime | None = None

    def contains(self, recorded_at: datetime | None) -> bool:
        """Whether an event of that time is posted; one without a time only if there is no bound."""
        if recorded_at is None:
            return self == ReplayRange()
        is_late = self.until is not None and recorded_at >= self.until
        is_unknown = self.as_of is not None and recorded_at > self.as_of
        return not (is_late or is_unknown) and (self.since is None or recorded_at >= self.since)


@dataclass(frozen=True, slots=True)
class TimedLine:
    """A line, and when its event was recorded, if it says so."""

    line: Line
    at: datetime | None


def read_speed(written: str) -> float:
    """How much faster than it was: `60x` is a minute a second.

    Raises:
        CommandFailure: it is none.
    """
    found = _SPEED.fullmatch(written.strip())
    if found is None or float(found[1]) == 0:
        raise CommandFailure(f"speed {written!r}: write it as 60x, so many times as fast as it was")
    return float(found[1])


def read_range(since: str | None, until: str | None, as_of: str | None) -> ReplayRange:
    """The range of the options.

    Raises:
        CommandFailure: one is no time.
    """
    return ReplayRange(
        read_instant("since", since), read_instant("until", until), read_instant("as-of", as_of)
    )


def read_instant(option: str, written: str | None) -> datetime | None:
    """A time of an option.

    Raises:
        CommandFailure: it is none.
    """
    if written is None:
        return None
    try:
        return _INSTANT.validate_python(written)
    except ValidationError as error:
        reason = error.errors()[0]["msg"].removeprefix("Value error, ")
        raise CommandFailure(f"--{option} {written!r}: {reason}") from None


def select_lines(
    lines: Iterable[Line], wanted: ReplayRange, claims: Mapping[str, Any]
) -> Iterator[TimedLine]:
    """The lines that are posted, with what `claims` sets in each of them.

    What is no event stays as it is: ingest says what is wrong with it.
    """
    for line in lines:
        body = _parse(line.raw)
        if body is None:
            yield TimedLine(line, None)
            continue
        at = _read_time(body)
        if wanted.contains(at):
            yield TimedLine(_mark(line, body, claims), at)


def list_event_lines(events: Iterable[Event]) -> Iterator[Line]:
    """Stored events as lines to post: without what ingest sets by itself.

    Those of Vedette itself, such as the watchdog's every half minute, are left out: ingest takes
    them from nobody.
    """
    for number, event in enumerate(events, 1):
        if is_own(event.source):
            continue
        body = event.model_dump(mode="json", exclude_defaults=True, exclude=set(SET_BY_INGEST))
        yield Line(number, json.dumps(body, ensure_ascii=False).encode())


def find_pauses(lines: Iterable[TimedLine], speed: float) -> Iterator[tuple[TimedLine, float]]:
    """Each line with the seconds to wait before it, an hour at most; never backwards."""
    newest: datetime | None = None
    for timed in lines:
        pause = 0.0
        if timed.at is not None and (newest is None or timed.at > newest):
            pause = 0.0 if newest is None else (timed.at - newest).total_seconds() / speed
            newest = timed.at
        yield timed, min(pause, LONGEST_PAUSE)


def _mark(line: Line, body: Mapping[str, Any], claims: Mapping[str, Any]) -> Line:
    if not claims:
        return line
    marked = json.dumps({**body, **claims}, ensure_ascii=False)
    return replace(line, raw=marked.encode("utf-8", "surrogatepass"))


def _parse(raw: bytes) -> dict[str, Any] | None:
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


def _read_time(body: Mapping[str, Any]) -> datetime | None:
    try:
        return _INSTANT.validate_python(choose_recorded_at(body, _NO_TIME))
    except ValidationError:
        return None
