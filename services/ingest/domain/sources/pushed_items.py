"""Bodies that sources send → items."""

from collections.abc import Iterator
from dataclasses import dataclass

from services.ingest.domain.decoding import JSON, NDJSON, TooManyReports, choose_decoder
from services.ingest.domain.result import ReportResult
from services.ingest.domain.sources.hook_items import BODY, HookBody, read_hook
from services.ingest.domain.sources.items import RefusedItem, ReportDraft, SourceItem, refuse_item
from services.ingest.domain.sources.pushed_sources import HookSource
from services.strict_json import InvalidJson


@dataclass(frozen=True, slots=True)
class HookItemReader:
    """Implements ItemReader for the body of a hook."""

    source: HookSource

    def read_items(self, raw: bytes) -> Iterator[SourceItem]:
        """As ItemReader says."""
        yield from read_hook(self.source, HookBody.parse(raw))


@dataclass(frozen=True, slots=True)
class PostItemReader:
    """Implements ItemReader for a body that is posted to `/v1/events`: JSON, or a report a line."""

    def read_items(self, raw: bytes) -> Iterator[SourceItem]:
        """As ItemReader says."""
        try:
            items = _decode(raw)
        except (InvalidJson, TooManyReports) as error:
            yield refuse_item(BODY, str(error))
            return
        for number, item in enumerate(items, 1):
            yield _make_item(item, f"report {number}")


def _decode(raw: bytes) -> list[object]:
    try:
        return choose_decoder({"content-type": JSON})(raw)
    except InvalidJson:
        if raw.strip().count(b"\n") == 0:
            raise
        return choose_decoder({"content-type": NDJSON})(raw)


def _make_item(item: object, place: str) -> SourceItem:
    if isinstance(item, ReportResult):
        return RefusedItem(place, item.errors)
    if not isinstance(item, dict):
        return refuse_item(place, "a report is a JSON object")
    return ReportDraft(item, place)
