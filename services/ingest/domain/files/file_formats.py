"""The format of each kind of source in files."""

from services.ingest.domain.files.csv_rows import CsvFormat
from services.ingest.domain.files.file_items import FileFormat, ItemMaker
from services.ingest.domain.files.json_lines import JsonLinesFormat
from services.ingest.domain.sources.file_sources import CsvSource, JsonLinesSource


def choose_format(source: CsvSource | JsonLinesSource) -> FileFormat:
    """The format of what the source has."""
    maker = ItemMaker.of_source(source)
    if isinstance(source, CsvSource):
        return CsvFormat(maker, source.delimiter)
    return JsonLinesFormat(maker)
