"""The fields of an event that a rule can read, by name and kind."""

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import Enum
from functools import cache
from operator import attrgetter
from types import MappingProxyType

from schemas.event import Event
from services.document_faults import FieldPath, InvalidField, suggest_name
from services.matcher.domain.detection.earth import point_of

Value = str | float | bool | datetime
"""One value of a field; a list field has several."""

WORDS_APART = "\n"
"""Separates title and text in `words`."""


class FieldKind(Enum):
    """What a field holds; it decides which tests are possible."""

    STRING = "text"
    LIST = "list of texts"
    IDS = "list of member ids"
    NUMBER = "number"
    TIME = "time"
    BOOL = "true or false"
    POINT = "point on the map"
    NAMES = "list of names"
    ATTRIBUTE = "attribute"
    ROLES = "list of member ids that says finds"


KINDS: Mapping[str, FieldKind] = MappingProxyType(
    {
        **dict.fromkeys(
            (
                *("id", "source", "source_owner", "reliability", "type", "title", "text", "words"),
                *("language", "url", "country", "admin1", "place", "story", "weekday"),
                *("supersedes", "retracts"),
            ),
            FieldKind.STRING,
        ),
        **dict.fromkeys(("actors", "targets"), FieldKind.LIST),
        **dict.fromkeys(("entities", "actor_ids", "target_ids", "sites"), FieldKind.IDS),
        **dict.fromkeys(("credibility", "lat", "lon", "hour"), FieldKind.NUMBER),
        **dict.fromkeys(
            ("occurred_at", "occurred_until", "published_at", "recorded_at"), FieldKind.TIME
        ),
        "exercise": FieldKind.BOOL,
        "geo": FieldKind.POINT,
        "names": FieldKind.NAMES,
        "doers": FieldKind.ROLES,
        "undergoers": FieldKind.ROLES,
    }
)
DERIVED = frozenset(
    name for name, kind in KINDS.items() if kind in (FieldKind.IDS, FieldKind.NAMES)
)
"""The fields that are derived from the words with the lists of a pack."""
ROLES = frozenset(name for name, kind in KINDS.items() if kind is FieldKind.ROLES)
"""The fields of a rule's own match: whom its `says` finds to do and undergo an act."""
LIST_FIELDS = DERIVED | ROLES | {"actors", "targets"}
"""The fields that may have several values."""
MAPS: Mapping[str, FieldKind] = MappingProxyType(
    {"quantities": FieldKind.NUMBER, "attributes": FieldKind.ATTRIBUTE}
)
NUMBER_BOUNDS: Mapping[str, tuple[int, int]] = MappingProxyType(
    {"hour": (0, 23), "credibility": (1, 6), "lat": (-90, 90), "lon": (-180, 180)}
)
"""The least and the greatest value that an event can have in a field."""
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def kind_of(field: str, path: FieldPath) -> FieldKind:
    """What `field` holds.

    Raises:
        InvalidField: at `path`, when no event has such a field.
    """
    outer, _, inner = field.partition(".")
    if field in KINDS:
        return KINDS[field]
    if outer in MAPS and inner:
        return MAPS[outer]
    if outer in MAPS:
        raise InvalidField(path, f"{outer} holds several values", f"name one of them: {outer}.…")
    hint = suggest_name(field, (*KINDS, *MAPS))
    raise InvalidField(
        path, f"no event has a field {field!r}", hint or "attributes.… holds your own"
    )


def plain_values(event: Event, field: str) -> tuple[Value, ...]:
    """The values of a field that is not derived; none when it is absent."""
    value = reader(field)(event)
    if isinstance(value, str):
        return (value,)
    return () if value is None else _as_tuple(value)


@cache
def reader(field: str) -> Callable[[Event], object]:
    """A function that reads the field: a value, a tuple of several, or None."""
    outer, _, inner = field.partition(".")
    if inner:
        return lambda event: getattr(event, outer).get(inner)
    return _READERS.get(field) or attrgetter(field)


def _as_tuple(value: object) -> tuple[Value, ...]:
    if isinstance(value, tuple):
        return value
    if isinstance(value, (float, int, datetime)):
        return (value,)
    raise TypeError(f"no field holds a {type(value).__name__}")


def words(event: Event) -> str:
    """Title and text together, as raw text."""
    return WORDS_APART.join(part for part in (event.title, event.text) if part)


def _words(event: Event) -> str | None:
    return words(event) or None


def _hour(event: Event) -> int:
    return event.occurred_at.hour


def _weekday(event: Event) -> str:
    return WEEKDAYS[event.occurred_at.weekday()]


def _geo(event: Event) -> str | None:
    point = point_of(event)
    return None if point is None else f"{as_text(point.lat)},{as_text(point.lon)}"


_READERS: Mapping[str, Callable[[Event], object]] = {
    "words": _words,
    "hour": _hour,
    "weekday": _weekday,
    "story": attrgetter("cluster"),
    "geo": _geo,
}


def as_text(value: Value) -> str:
    """A value as text in rules and group keys: numbers in decimal, times in UTC with Z."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return str(int(value)) if value % 1 == 0 else str(value)
