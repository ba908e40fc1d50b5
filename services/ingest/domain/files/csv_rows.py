"""CSV with a head line."""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from services.counts import format_count
from services.ingest.domain.files.file_items import (
    TOO_LONG,
    FileItem,
    ItemMaker,
    UnreadableFile,
)
from services.ingest.domain.files.line_reader import LineReader
from services.ingest.domain.sources.items import SourceItem, refuse_item

MOST_COLUMNS = 1000
_NOT_UTF8 = "surrogateescape"
_NOT_DECODED = re.compile("[\udc80-\udcff]")


@dataclass(frozen=True, slots=True)
class CsvFormat:
    """Implements FileFormat: rows as maps of their columns; what a cell leaves empty is absent."""

    maker: ItemMaker
    delimiter: str = ","

    def read_head(self, lines: LineReader) -> list[str]:
        """The names of the columns.

        Raises:
            UnreadableFile: there are none, too many, or one twice.
        """
        try:
            head = [name.strip() for name in next(self._parse(lines), [])]
        except csv.Error as error:
            raise UnreadableFile(f"line 1: {error}") from None
        if not any(head) and not lines.is_growing:
            raise UnreadableFile("line 1: the names of the columns are missing")
        if len(head) > MOST_COLUMNS:
            raise UnreadableFile(f"line 1: {len(head)} columns: at most {MOST_COLUMNS} are read")
        if repeated := [name for name, count in Counter(head).items() if name and count > 1]:
            raise UnreadableFile(f"line 1: the column {repeated[0][:80]!r} is there twice")
        return head

    def read_items(self, lines: LineReader, head: list[str]) -> Iterator[FileItem]:
        """As FileFormat says."""
        rows = self._parse(lines)
        while True:
            first = lines.count + 1
            try:
                row = next(rows, None)
            except csv.Error as error:
                yield FileItem(refuse_item(f"line {first}", str(error)), lines.offset, lines.count)
                continue
            if row is None:
                return
            if row:
                item = self._read(row, head, lines, f"line {first}")
                yield FileItem(item, lines.offset, lines.count)

    def _parse(self, lines: LineReader) -> Iterator[list[str]]:
        return iter(csv.reader(_decode(lines), delimiter=self.delimiter))

    def _read(self, row: list[str], head: list[str], lines: LineReader, place: str) -> SourceItem:
        if lines.is_cut:
            lines.is_cut = False
            return refuse_item(place, TOO_LONG)
        if len(row) > len(head):
            return refuse_item(
                place, f"has {format_count(len(row), 'cell')}, the head has {len(head)}"
            )
        cells = {name: cell for name, cell in zip(head, row, strict=False) if name and cell.strip()}
        if any(map(_NOT_DECODED.search, row)):
            return refuse_item(place, "is not UTF-8")
        return self.maker.make(cells, place)


def _decode(lines: Iterable[bytes]) -> Iterator[str]:
    return (line.decode("utf-8", _NOT_UTF8) for line in lines)
