"""The reader of each kind of source."""

from services.ingest.domain.feeds.report import FeedItemReader
from services.ingest.domain.files.file_formats import choose_format
from services.ingest.domain.files.whole_file import WholeFileReader
from services.ingest.domain.sources.file_sources import CsvSource, JsonLinesSource
from services.ingest.domain.sources.items import ItemReader
from services.ingest.domain.sources.polled_sources import FeedSource
from services.ingest.domain.sources.pushed_items import HookItemReader, PostItemReader
from services.ingest.domain.sources.pushed_sources import HookSource, HttpSource
from services.ingest.domain.sources.source_document import SourceDocument


def choose_reader(source: SourceDocument) -> ItemReader | None:
    """What reads the bytes that the source gets; None: a sample of this kind cannot be tried."""
    if isinstance(source, HttpSource):
        return PostItemReader()
    if isinstance(source, HookSource):
        return HookItemReader(source)
    if isinstance(source, CsvSource | JsonLinesSource):
        return WholeFileReader(choose_format(source))
    return FeedItemReader.of_source(source) if isinstance(source, FeedSource) else None
