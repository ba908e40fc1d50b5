"""Items of a feed → drafts of reports."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

from services.ingest.domain.feeds.item import FeedItem, identify_items
from services.ingest.domain.feeds.parse import parse_feed
from services.ingest.domain.fetching.failure import FetchFailed
from services.ingest.domain.pulling.changes import ItemChange, name_version
from services.ingest.domain.sources.items import SourceItem, refuse_item
from services.ingest.domain.sources.mapping import ItemMapper
from services.ingest.domain.sources.mapping_document import MappingDocument
from services.ingest.domain.sources.polled_sources import FeedSource

FEED_MAPPING = MappingDocument.model_validate(
    {
        "markup": "html",
        "fields": {
            "title": "title",
            "text": "content || summary",
            "url": "link",
            "language": "language",
            "published_at": "published || updated",
            "lat": "lat",
            "lon": "lon",
            "attributes": "fields",
        },
        "attributes": {"authors": "authors", "categories": "categories"},
    }
)
"""What a feed's items become, but for what the mapping of a source replaces."""


@dataclass(frozen=True, slots=True)
class FeedItemReader:
    """Implements ItemReader for one feed; the ids of reports are the guids of items."""

    source: FeedSource
    mapper: ItemMapper

    @classmethod
    def of_source(cls, source: FeedSource) -> Self:
        """The reader of a source."""
        return cls(source, ItemMapper.of_format(source, FEED_MAPPING))

    def read_items(self, raw: bytes) -> Iterator[SourceItem]:
        """What becomes of each item of a feed, oldest first. Never raises."""
        try:
            items = parse_feed(raw, {}, self.source.url)
        except FetchFailed as failed:
            yield refuse_item("the feed", str(failed))
            return
        for name, item in reversed(identify_items(items)):
            yield self.make_report(item, ItemChange(name))

    def make_report(self, item: FeedItem, change: ItemChange) -> SourceItem:
        """What becomes of one version of an item. Never raises."""
        made = self.mapper.map_item(item.model_dump(mode="json"), change.id)
        return name_version(made, change)
