"""Sources in files: one file, or a folder into which files are moved."""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, StringConstraints

from schemas.time_span import TimeSpan
from services.ingest.domain.sources.mapping_document import MappingDocument
from services.ingest.domain.sources.source_document import MappedSource
from services.ingest.domain.sources.written_values import FilePath

SHORTEST_SCAN = timedelta(seconds=1)


def _check_scan(span: timedelta) -> timedelta:
    if span < SHORTEST_SCAN:
        raise ValueError(f"shorter than {SHORTEST_SCAN.total_seconds():g}s")
    return span


FileName = Annotated[str, StringConstraints(min_length=1, max_length=255, pattern=r"^[^/]*$")]
"""A file name with `*` and `?`."""
Scan = Annotated[TimeSpan, AfterValidator(_check_scan)]
"""The time between two looks at files."""


class CsvSource(MappedSource):
    """Rows with a head line; an item is a map of its columns.

    `path`: a file or a folder; where it is relative, below the folder of sources.
    """

    kind: Literal["csv"] = "csv"
    path: FilePath
    pattern: FileName = "*.csv"
    poll: Scan = timedelta(seconds=2)
    delimiter: Annotated[str, StringConstraints(pattern=r"^[^\r\n\"]$")] = ","
    mapping: MappingDocument


class JsonLinesSource(MappedSource):
    """JSON lines; without a mapping each line is a report. `path` as of CSV."""

    kind: Literal["jsonl"] = "jsonl"
    path: FilePath
    pattern: FileName = "*.jsonl"
    poll: Scan = timedelta(seconds=2)
