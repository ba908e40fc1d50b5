"""A sample of what a source gets → the events that come out, and why others do not."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from services.ingest.domain.normalize import ReportContext, StoredEvent, normalize
from services.ingest.domain.reporter import Reporter
from services.ingest.domain.result import FieldError
from services.ingest.domain.sources.items import (
    ItemReader,
    RefusedItem,
    ReportDraft,
    SkippedItem,
)


@dataclass(frozen=True, slots=True)
class TriedItem:
    """One item: its event, or the errors for which it is refused, or why it is left out."""

    place: str
    event: StoredEvent | None = None
    errors: tuple[FieldError, ...] = ()
    left_out: str | None = None


def try_sample(
    reader: ItemReader, raw: bytes, reporter: Reporter, now: datetime
) -> Iterator[TriedItem]:
    """Everything that is in the sample, in its order; as ingest would take it at `now`."""
    for item in reader.read_items(raw):
        if isinstance(item, SkippedItem):
            yield TriedItem(item.place, left_out=item.reason)
        elif isinstance(item, RefusedItem):
            yield TriedItem(item.place, errors=item.errors)
        else:
            yield _try_draft(item, ReportContext(reporter, now))


def _try_draft(draft: ReportDraft, context: ReportContext) -> TriedItem:
    result = normalize(dict(draft.body), context)
    if isinstance(result, StoredEvent):
        return TriedItem(draft.place, result)
    return TriedItem(draft.place, errors=result.errors)
