"""The reader of each kind of source."""

from collections.abc import Callable, Mapping
from typing import Any

from services.ingest.domain.acled.report import AcledItemReader
from services.ingest.domain.feeds.report import FeedItemReader
from services.ingest.domain.files.file_formats import choose_format
from services.ingest.domain.files.whole_file import WholeFileReader
from services.ingest.domain.gdelt.report import GdeltItemReader
from services.ingest.domain.sources.file_sources import CsvSource, JsonLinesSource
from services.ingest.domain.sources.items import ItemReader
from services.ingest.domain.sources.kafka_messages import KafkaItemReader
from services.ingest.domain.sources.polled_sources import (
    AcledSource,
    FeedSource,
    GdeltSource,
    KafkaSource,
)
from services.ingest.domain.sources.pushed_items import HookItemReader, PostItemReader
from services.ingest.domain.sources.pushed_sources import HookSource, HttpSource
from services.ingest.domain.sources.source_document import SourceDocument

_READERS: Mapping[type[SourceDocument], Callable[[Any], ItemReader]] = {
    HttpSource: lambda _: PostItemReader(),
    HookSource: HookItemReader,
    CsvSource: lambda source: WholeFileReader(choose_format(source)),
    JsonLinesSource: lambda source: WholeFileReader(choose_format(source)),
    FeedSource: FeedItemReader.of_source,
    GdeltSource: GdeltItemReader.of_source,
    AcledSource: AcledItemReader.of_source,
    KafkaSource: KafkaItemReader.of_source,
}


def choose_reader(source: SourceDocument) -> ItemReader:
    """What reads the bytes that the source gets."""
    return _READERS[type(source)](source)
