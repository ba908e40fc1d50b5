"""Reports that are one story, and some that only read like it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from schemas.event import Event
from services.ingest.domain.stories.report import StoryReport

NOON = datetime(2020, 1, 5, 12, tzinfo=UTC)
WIRE = (
    "Eight Katyusha rockets hit Balad air base on Sunday, wounding four Iraqi airmen, the Iraqi "
    "military said. The base north of Baghdad houses U.S. personnel. No group claimed the attack."
)
VAGUE = WIRE.replace("Balad air base", "an air base")


def wire(id_: str, text: str = WIRE, **changes: Any) -> Event:
    """A report of an outlet that is called like the event."""
    fields: dict[str, Any] = {"source": id_, "occurred_at": NOON, "recorded_at": NOON}
    return Event(id=id_, text=text, **fields | changes)


def story_report(id_: str, text: str = WIRE, **changes: Any) -> StoryReport:
    return StoryReport.of(wire(id_, text, **changes))


def hours(number: float) -> datetime:
    return NOON + timedelta(hours=number)
