"""What the kinds of files have in common: an item, and where the next one begins."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, Self

from services.ingest.domain.files.line_reader import LONGEST_LINE, LineReader
from services.ingest.domain.sources.items import ReportDraft, SkippedItem, SourceItem, refuse_item
from services.ingest.domain.sources.mapping import ItemMapper
from services.ingest.domain.sources.source_document import MappedSource


class UnreadableFile(Exception):
    """Nothing of the file can be used; the message says why."""


@dataclass(frozen=True, slots=True)
class FileItem:
    """An item; the file is read up to byte `offset`, which is `count` lines."""

    item: SourceItem
    offset: int
    count: int


class FileFormat(Protocol):
    """A kind of file."""

    def read_head(self, lines: LineReader) -> list[str]:
        """What stands before the items; called at the beginning of a file.

        Raises:
            UnreadableFile: it is not usable.
        """

    def read_items(self, lines: LineReader, head: list[str]) -> Iterator[FileItem]:
        """The items from where `lines` stand. Never raises, and is linear."""


@dataclass(frozen=True, slots=True)
class ItemMaker:
    """Makes items of what a file holds: by the mapping of the source, else as they are."""

    mapper: ItemMapper | None

    @classmethod
    def of_source(cls, source: MappedSource) -> Self:
        """The maker of a source."""
        return cls(ItemMapper.of_source(source, source.mapping) if source.mapping else None)

    def make(self, value: Any, place: str) -> SourceItem:
        """The item of one row or line."""
        if self.mapper is not None:
            return _find_only(list(self.mapper.map_document(value, place)), place)
        if not isinstance(value, Mapping):
            return refuse_item(place, "a report is a JSON object")
        return ReportDraft(value, place)


def _find_only(items: Sequence[SourceItem], place: str) -> SourceItem:
    """The one item of a row or line: where a file is read on depends on whole lines."""
    if not items:
        return SkippedItem(place, "mapping.items: it finds none")
    if len(items) > 1:
        return refuse_item(place, f"{len(items)} items in one line: one is taken", "items")
    return items[0]


TOO_LONG = f"longer than {LONGEST_LINE} bytes"
