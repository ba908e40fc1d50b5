"""A whole file in memory → items."""

import io
from collections.abc import Iterator
from dataclasses import dataclass

from services.ingest.domain.files.file_items import FileFormat, UnreadableFile
from services.ingest.domain.files.line_reader import LineReader
from services.ingest.domain.sources.items import SourceItem, refuse_item


@dataclass(frozen=True, slots=True)
class WholeFileReader:
    """Implements ItemReader for a file of any format."""

    format: FileFormat

    def read_items(self, raw: bytes) -> Iterator[SourceItem]:
        """As ItemReader says."""
        lines = LineReader(io.BytesIO(raw).readline)
        try:
            head = self.format.read_head(lines)
        except UnreadableFile as error:
            yield refuse_item("the file", str(error))
            return
        for each in self.format.read_items(lines, head):
            yield each.item
