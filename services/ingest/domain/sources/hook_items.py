"""The body of a request to a hook → what is to be taken, or answered at once."""

from collections.abc import Iterator, Sequence
from typing import Any

from services.ingest.domain.result import ReportResult, refuse
from services.ingest.domain.sources.items import RefusedItem, ReportDraft, SourceItem, refuse_item
from services.ingest.domain.sources.mapping import ItemMapper
from services.ingest.domain.sources.pushed_sources import HookSource
from services.strict_json import InvalidJson, parse

BODY = "the body"
LONGEST_CHALLENGE = 1024


def read_hook(source: HookSource, raw: bytes) -> Iterator[SourceItem]:
    """What becomes of each item of a body, one by one; what is no JSON is one refused item."""
    try:
        document = parse(raw)
    except InvalidJson as error:
        yield refuse_item(BODY, str(error))
        return
    yield from ItemMapper.of_source(source, source.mapping).map_document(document, BODY)


def find_challenge(source: HookSource, raw: bytes) -> str | None:
    """What Slack wants back before it sends events; None where it does not ask."""
    if source.mapping.uses != "slack":
        return None
    try:
        document = parse(raw)
    except InvalidJson:
        return None
    is_asked = isinstance(document, dict) and document.get("type") == "url_verification"
    challenge = document.get("challenge") if is_asked else None
    return challenge if isinstance(challenge, str) and len(challenge) <= LONGEST_CHALLENGE else None


def list_reports(items: Sequence[SourceItem]) -> Iterator[Any]:
    """Bodies and refusals, as the intake takes them; what is left out by the mapping is not."""
    for item in items:
        if isinstance(item, ReportDraft):
            yield dict(item.body)
        elif isinstance(item, RefusedItem):
            yield _refuse(item)


def _refuse(item: RefusedItem) -> ReportResult:
    return refuse({}, *item.errors)
