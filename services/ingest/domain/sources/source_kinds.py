"""All kinds of sources."""

from services.ingest.domain.sources.file_sources import CsvSource, JsonLinesSource
from services.ingest.domain.sources.polled_sources import (
    AcledSource,
    FeedSource,
    GdeltSource,
    KafkaSource,
)
from services.ingest.domain.sources.pushed_sources import HookSource, HttpSource
from services.ingest.domain.sources.source_document import SourceDocument

KINDS: dict[str, type[SourceDocument]] = {
    "http": HttpSource,
    "hook": HookSource,
    "feed": FeedSource,
    "gdelt": GdeltSource,
    "acled": AcledSource,
    "csv": CsvSource,
    "jsonl": JsonLinesSource,
    "kafka": KafkaSource,
}
