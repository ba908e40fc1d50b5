"""Items of a source → drafts of reports, by its mapping."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any, Self

from services.ingest.domain.result import FieldError
from services.ingest.domain.sources.drafts import DraftReader
from services.ingest.domain.sources.expression import JmesExpression, NoValue
from services.ingest.domain.sources.items import (
    RefusedItem,
    ReportDraft,
    SkippedItem,
    SourceItem,
    refuse_item,
)
from services.ingest.domain.sources.mapping_document import MappingDocument
from services.ingest.domain.sources.ready_mappings import READY_MAPPINGS
from services.ingest.domain.sources.source_document import MappedSource, SourceDocument

MOST_ITEMS = 10_000


@dataclass(frozen=True, slots=True)
class ItemMapper:
    """Applies a mapping, whose ready one is taken into it."""

    mapping: MappingDocument
    reader: DraftReader

    @classmethod
    def of_source(cls, source: SourceDocument, mapping: MappingDocument) -> Self:
        """The mapper of a source."""
        return cls._of_complete(source, complete_mapping(mapping))

    @classmethod
    def of_format(cls, source: MappedSource, ready: MappingDocument) -> Self:
        """The mapper of a source whose format has a mapping; the source's own replaces parts."""
        return cls._of_complete(source, merge_mappings(ready, source.mapping or MappingDocument()))

    @classmethod
    def _of_complete(cls, source: SourceDocument, mapping: MappingDocument) -> Self:
        return cls(mapping, DraftReader(source, mapping.type_codes, mapping.markup or "html"))

    def map_document(self, document: Any, place: str) -> Iterator[SourceItem]:
        """What becomes of each item in a document that is found at `place`. Never raises."""
        try:
            items = self._find_items(document)
        except NoValue as error:
            yield refuse_item(place, str(error), "items")
            return
        if len(items) > MOST_ITEMS:
            message = f"{len(items)} items: at most {MOST_ITEMS} are taken"
            yield refuse_item(place, message, "items")
            return
        for index, item in enumerate(items):
            yield self.map_item(item, place if len(items) == 1 else f"{place}, item {index + 1}")

    def map_item(self, item: Any, place: str) -> SourceItem:
        """What becomes of one item. Never raises."""
        try:
            if self.mapping.only is not None and not self.mapping.only.evaluate(item):
                return SkippedItem(place, f"mapping.only: {str(self.mapping.only)[:80]}")
        except NoValue as error:
            return refuse_item(place, str(error), "only")
        body, errors = self._evaluate(item)
        if errors:
            return RefusedItem(place, tuple(errors))
        return self.reader.read_draft(ReportDraft(body, place))

    def _find_items(self, document: Any) -> list[Any]:
        found = document if self.mapping.items is None else self.mapping.items.evaluate(document)
        if found is None:
            return []
        return found if isinstance(found, list) else [found]

    def _evaluate(self, item: Any) -> tuple[dict[str, Any], list[FieldError]]:
        body: dict[str, Any] = dict(self.mapping.constants.items())
        errors: list[FieldError] = []
        for path, expression in self._list_expressions():
            try:
                value = expression.evaluate(item)
            except NoValue as error:
                errors.append(FieldError(field=".".join(path), message=str(error)))
                continue
            if value is not None and value is not False and value != "":
                _put(body, path, value)
        return body, errors

    def _list_expressions(self) -> Iterator[tuple[tuple[str, ...], JmesExpression]]:
        mapping = self.mapping
        return chain(
            (((name,), each) for name, each in mapping.fields.items()),
            ((("quantities", name), each) for name, each in mapping.quantities.items()),
            ((("attributes", name), each) for name, each in mapping.attributes.items()),
        )


def complete_mapping(mapping: MappingDocument) -> MappingDocument:
    """The mapping with what it leaves to the ready one that it uses."""
    if mapping.uses is None:
        return mapping
    return merge_mappings(READY_MAPPINGS[mapping.uses], mapping)


def merge_mappings(ready: MappingDocument, own: MappingDocument) -> MappingDocument:
    """The mapping `own`, with what it leaves to `ready`."""
    merged: Mapping[str, Any] = {
        name: {**getattr(ready, name), **getattr(own, name)}
        for name in ("fields", "quantities", "attributes", "constants")
    }
    single = {
        name: getattr(own, name) if getattr(own, name) is not None else getattr(ready, name)
        for name in ("items", "only", "type_codes", "markup")
    }
    return own.model_copy(update={**merged, **single})


def _put(body: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    if len(path) == 1:
        body[path[0]] = value
        return
    values = body.setdefault(path[0], {})
    if isinstance(values, dict):
        body[path[0]] = values | {path[1]: value}
