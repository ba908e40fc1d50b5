"""A row of ACLED, with what is made of its columns."""

import calendar
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

WEEK, MONTH = "2", "3"
"""Values of `time_precision`: around the date, or somewhere in its month."""
_AROUND = timedelta(days=3)


def complete_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row, with a `title`, and `first_day` and `last_day` where its date is imprecise."""
    made = {"title": _describe(row)}
    with suppress(ValueError, OverflowError):
        day = date.fromisoformat(_text(row, "event_date"))
        made |= _widen(day, _text(row, "time_precision"))
    return {**row, **made}


def find_version(row: Mapping[str, Any]) -> tuple[str, str]:
    """The id of an event, and when this version of it was uploaded."""
    return _text(row, "event_id_cnty"), _text(row, "timestamp")


def _widen(day: date, precision: str) -> dict[str, str]:
    if precision == WEEK:
        first, last = day - _AROUND, day + _AROUND
    elif precision == MONTH:
        first = day.replace(day=1)
        last = day.replace(day=calendar.monthrange(day.year, day.month)[1])
    else:
        return {}
    return {"first_day": first.isoformat(), "last_day": last.isoformat()}


def _describe(row: Mapping[str, Any]) -> str:
    """What happened, between whom, and where."""
    act = _text(row, "sub_event_type") or _text(row, "event_type") or "Event"
    actors = " / ".join(filter(None, (_text(row, "actor1"), _text(row, "actor2"))))
    place = _text(row, "location")
    return f"{act}{f': {actors}' if actors else ''}{f', {place}' if place else ''}"


def _text(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    return str(value).strip() if isinstance(value, str | int) else ""
