"""Sources and what becomes of their items."""

from typing import Any

from services.ingest.domain.sources.items import RefusedItem, ReportDraft, SourceItem
from services.ingest.domain.sources.mapping import ItemMapper
from services.ingest.domain.sources.mapping_document import MappingDocument
from services.ingest.domain.sources.pushed_sources import HookSource

SECRET_DIGEST = "a" * 64


def hook(mapping: dict[str, Any], **fields: Any) -> HookSource:
    """A hook of that mapping."""
    document = {"id": "src", "mapping": mapping, "tokens": [SECRET_DIGEST]} | fields
    return HookSource.model_validate(document)


def mapped(mapping: dict[str, Any], document: Any, **fields: Any) -> list[SourceItem]:
    """What becomes of the items of a document."""
    source = hook(mapping, **fields)
    assert isinstance(source.mapping, MappingDocument)
    return list(ItemMapper.of_source(source, source.mapping).map_document(document, "body"))


def draft_of(mapping: dict[str, Any], document: Any, **fields: Any) -> dict[str, Any]:
    """The body of the only draft."""
    [item] = mapped(mapping, document, **fields)
    assert isinstance(item, ReportDraft), item
    return dict(item.body)


def refused_by(mapping: dict[str, Any], document: Any, **fields: Any) -> dict[str, str]:
    """What is wrong with the only item, by field."""
    [item] = mapped(mapping, document, **fields)
    assert isinstance(item, RefusedItem), item
    return {error.field: error.message for error in item.errors}
