"""Reads a feed: what is new, and what was edited."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus

from services.ingest.adapters.fetching.fetcher import Fetched, Fetcher, FetchRequest
from services.ingest.domain.feeds.item import FeedItem, identify_items
from services.ingest.domain.pulling.changes import ItemChange, SeenItem, find_change, remember
from services.ingest.domain.pulling.ports import PulledReports
from services.ingest.domain.pulling.position import FeedPosition, read_position
from services.ingest.domain.pulling.reports import split_items
from services.ingest.domain.sources.items import SourceItem

ParseFeed = Callable[[bytes, Mapping[str, str], str], Awaitable[Sequence[FeedItem]]]
"""The items of a feed, by its bytes, headers and address; raises FetchFailed."""
MakeReport = Callable[[FeedItem, ItemChange], SourceItem]
"""The report that an item of the source makes, in the version that `ItemChange` says."""


@dataclass(frozen=True, slots=True)
class FeedPuller:
    """Implements Puller for RSS, Atom and JSON Feed at one address.

    The request is built each time, since credentials are replaced; it raises FetchFailed.
    """

    build_request: Callable[[], FetchRequest]
    fetcher: Fetcher
    parse: ParseFeed
    make_report: MakeReport

    async def pull(self, position: str | None) -> AsyncGenerator[PulledReports, None]:
        """As Puller says: at most once, for the whole document."""
        last = read_position(FeedPosition, position)
        request = self.build_request()
        fetched = await self.fetcher.fetch(_ask_for_news(request, last))
        if fetched.status == HTTPStatus.NOT_MODIFIED:
            return
        items = await self.parse(fetched.body, fetched.headers, request.url)
        identified = identify_items(items)
        following = _build_position(fetched, last, identified)
        made = [
            self.make_report(item, change)
            # feeds have the newest first
            for name, item in reversed(identified)
            if (change := find_change(SeenItem(name, item.digest), last.seen)) is not None
        ]
        if made or following != last:
            yield split_items(made, following.model_dump_json(exclude_defaults=True))


def _ask_for_news(request: FetchRequest, last: FeedPosition) -> FetchRequest:
    conditions = {"If-None-Match": last.etag, "If-Modified-Since": last.modified}
    given = {name: value for name, value in conditions.items() if value}
    return replace(request, headers={**request.headers, **given})


def _build_position(
    fetched: Fetched, last: FeedPosition, identified: Sequence[tuple[str, FeedItem]]
) -> FeedPosition:
    seen = remember((SeenItem(name, item.digest) for name, item in identified), last.seen)
    headers = fetched.headers
    return FeedPosition(etag=headers.get("etag"), modified=headers.get("last-modified"), seen=seen)
