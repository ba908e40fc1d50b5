"""Two real streams as events: attacks in Iraq, 2004 and 2005, and coded news of 2018.

They are no part of the checkout: where they are not beside it, what needs them is skipped.
"""

import gzip
import json
import zlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from schemas.event import Event

DATA = Path(__file__).parents[4] / "shared" / "data"
HOUR = timedelta(hours=1)

Row = dict[str, str | None]


def data(name: str) -> Path:
    """A file beside the checkout; skips the test without it."""
    place = DATA / name
    if not place.is_file():
        pytest.skip(f"{name} is not beside the checkout")
    return place


def rows(name: str) -> Iterator[Row]:
    """The lines of a file, as they are."""
    with gzip.open(data(name), "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def sigacts(first: str, last: str) -> list[Row]:
    """Attacks from day `first` up to, and without, day `last`, in order of time.

    Each has `id`, `time`, `event_type`, `target` and `city`; the last two may be None.
    """
    stream = rows("sigacts_iraq_2004_2005.jsonl.gz")
    return [row for row in stream if first <= str(row["time"]) < last]


def icews(first: str, last: str) -> list[Row]:
    """Who did what to whom, by day: `id`, `date`, `source`, `relation` and `target`."""
    stream = rows("icews_2018_jan_jun.jsonl.gz")
    return [row for row in stream if first <= str(row["date"]) < last]


def lateness(row: Row, most: timedelta) -> timedelta:
    """How late a row is taken in: always the same, and one in eight at the very edge."""
    eighths = zlib.crc32(str(row["id"]).encode()) % 9
    return most * eighths / 8


def attack(row: Row, late: timedelta) -> Event:
    """A row of `sigacts` as a report."""
    at = datetime.fromisoformat(str(row["time"])).replace(tzinfo=UTC)
    return _event(
        row,
        at=at,
        late=late,
        type=row["event_type"],
        text=f"{row['event_type']} against {row['target']} in {row['city'] or 'an unknown place'}.",
        targets=[row["target"]] if row["target"] else [],
        place=row["city"],
        story=f"{row['event_type']} in {row['city']} on {at:%Y-%m-%d %H}",
    )


def interaction(row: Row, late: timedelta) -> Event:
    """A row of `icews` as a report; it happened at the beginning of its day."""
    return _event(
        row,
        at=datetime.fromisoformat(str(row["date"])).replace(tzinfo=UTC),
        late=late,
        type=row["relation"],
        text=f"{row['source']}: {row['relation']}: {row['target']}",
        actors=[row["source"]],
        targets=[row["target"]],
    )


def outlet(row: Row) -> str:
    """Who reports a row: one of four."""
    return f"outlet {zlib.crc32(str(row['id']).encode()) % 4}"


def _event(row: Row, *, at: datetime, late: timedelta, **fields: object) -> Event:
    given = {
        "id": row["id"],
        "source": "stream",
        "source_owner": outlet(row),
        "occurred_at": at,
        "recorded_at": at + lateness(row, late),
    }
    return Event.model_validate(given | fields)


def with_an_end(events: Sequence[Event]) -> list[Event]:
    """The events and one that no rule matches, so late that its tick resolves every alert."""
    end = max(event.occurred_at for event in events) + timedelta(days=400)
    last = Event(id="end", source="clock", occurred_at=end, recorded_at=end, text="The end.")
    return [*events, last]
