"""An item of a feed → the draft of a report."""

from services.ingest.domain.feeds.item import FeedItem
from services.ingest.domain.pulling.changes import ItemChange
from services.ingest.domain.sources.items import ReportDraft


def make_report(item: FeedItem, change: ItemChange) -> ReportDraft:
    """The draft of one version of an item; what the feed leaves out is left out."""
    body = {
        "id": change.id,
        "supersedes": change.supersedes,
        "title": item.title,
        "text": item.content or item.summary,
        "url": item.link,
        "language": item.language,
    }
    return ReportDraft({name: value for name, value in body.items() if value}, change.id)
