"""The body of a request to a hook → what is to be taken, or answered at once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self

from services.ingest.domain.result import ReportResult, refuse
from services.ingest.domain.sources.items import RefusedItem, ReportDraft, SourceItem, refuse_item
from services.ingest.domain.sources.mapping import ItemMapper
from services.ingest.domain.sources.pushed_sources import HookSource
from services.strict_json import InvalidJson, parse

BODY = "the body"
LONGEST_CHALLENGE = 1024


@dataclass(frozen=True, slots=True)
class HookBody:
    """A body that is parsed once; `fault` is why it is no JSON."""

    document: Any = None
    fault: str | None = None

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        """Of the bytes as they came. Never raises."""
        try:
            return cls(parse(raw))
        except InvalidJson as error:
            return cls(fault=str(error))


def read_hook(source: HookSource, body: HookBody) -> Iterator[SourceItem]:
    """What becomes of each item of a body, one by one; what is no JSON is one refused item."""
    if body.fault is not None:
        yield refuse_item(BODY, body.fault)
        return
    yield from ItemMapper.of_source(source, source.mapping).map_document(body.document, BODY)


def find_challenge(source: HookSource, body: HookBody) -> str | None:
    """What Slack wants back before it sends events; None where it does not ask."""
    document = body.document
    if source.mapping.uses != "slack" or not isinstance(document, dict):
        return None
    challenge = document.get("challenge") if document.get("type") == "url_verification" else None
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
