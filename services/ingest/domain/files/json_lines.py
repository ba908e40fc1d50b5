"""JSON lines."""

from collections.abc import Iterator
from dataclasses import dataclass

from services.ingest.domain.files.file_items import TOO_LONG, FileItem, ItemMaker
from services.ingest.domain.files.line_reader import LineReader
from services.ingest.domain.sources.items import SourceItem, refuse_item
from services.strict_json import InvalidJson, parse


@dataclass(frozen=True, slots=True)
class JsonLinesFormat:
    """Implements FileFormat: a JSON value a line; empty lines are skipped."""

    maker: ItemMaker

    def read_head(self, lines: LineReader) -> list[str]:
        """Nothing: items begin at once."""
        del lines
        return []

    def read_items(self, lines: LineReader, head: list[str]) -> Iterator[FileItem]:
        """As FileFormat says."""
        del head
        for line in lines:
            place = f"line {lines.count}"
            if lines.is_cut:
                lines.is_cut = False
                yield FileItem(refuse_item(place, TOO_LONG), lines.offset, lines.count)
            elif line.strip():
                yield FileItem(self._read(line, place), lines.offset, lines.count)

    def _read(self, line: bytes, place: str) -> SourceItem:
        try:
            value = parse(line.rstrip(b"\r\n"))
        except InvalidJson as error:
            return refuse_item(place, str(error).removeprefix("line 1 "))
        return self.maker.make(value, place)
