"""Sources in files: one file, or a folder into which files are moved."""

from typing import Annotated, Literal

from pydantic import StringConstraints

from services.ingest.domain.sources.mapping_document import MappingDocument
from services.ingest.domain.sources.source_document import MappedSource
from services.ingest.domain.sources.written_values import FilePath

Pattern = Annotated[str, StringConstraints(min_length=1, max_length=255, pattern=r"^[^/]*$")]
"""A file name with `*` and `?`."""


class CsvSource(MappedSource):
    """Rows with a head line; an item is a map of its columns. `path`: a file or a folder."""

    kind: Literal["csv"] = "csv"
    path: FilePath
    pattern: Pattern = "*.csv"
    delimiter: Annotated[str, StringConstraints(min_length=1, max_length=1)] = ","
    mapping: MappingDocument


class JsonLinesSource(MappedSource):
    """JSON lines; without a mapping each line is a report. `path`: a file or a folder."""

    kind: Literal["jsonl"] = "jsonl"
    path: FilePath
    pattern: Pattern = "*.jsonl"
