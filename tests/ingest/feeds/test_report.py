from datetime import UTC, datetime
from typing import Any

import pytest

from services.ingest.domain.feeds.item import FeedItem
from services.ingest.domain.feeds.report import FeedItemReader
from services.ingest.domain.pulling.changes import ItemChange
from services.ingest.domain.sources.items import RefusedItem, ReportDraft, SkippedItem, SourceItem
from services.ingest.domain.sources.polled_sources import FeedSource
from tests.ingest.feeds.builders import RSS, URL

ITEM = FeedItem(
    guid="g1",
    link="https://news.example/1",
    title="Rockets &amp; drones",
    summary="Short.",
    content="<p>Long.</p><script>x</script>",
    published="Thu, 26 Nov 2026 08:00:00 +0300",
    updated="2026-11-27T00:00:00Z",
    categories=("Iraq", "War"),
    lat=33.3,
    lon=44.4,
    fields={"gdacs_alertlevel": "Red"},
)


def made_of(item: FeedItem, **source: Any) -> SourceItem:
    reader = FeedItemReader.of_source(FeedSource(id="desk", url=URL, **source))
    return reader.make_report(item, ItemChange("g1"))


def body_of(item: FeedItem, **source: Any) -> dict[str, Any]:
    made = made_of(item, **source)
    assert isinstance(made, ReportDraft), made
    return dict(made.body)


def test_a_report_has_the_words_times_and_places_of_its_item() -> None:
    assert body_of(ITEM, language="en") == {
        "id": "g1",
        "title": "Rockets & drones",
        "text": "Long.",
        "url": "https://news.example/1",
        "language": "en",
        "published_at": datetime(2026, 11, 26, 5, tzinfo=UTC),
        "lat": 33.3,
        "lon": 44.4,
        "attributes": {"categories": ["Iraq", "War"], "gdacs_alertlevel": "Red"},
    }


def test_without_content_the_text_is_the_summary_and_without_both_there_is_none() -> None:
    assert body_of(FeedItem(summary="Short."))["text"] == "Short."
    assert "text" not in body_of(FeedItem(title="a"))


def test_a_new_version_supersedes_the_guid() -> None:
    reader = FeedItemReader.of_source(FeedSource(id="desk", url=URL))

    made = reader.make_report(ITEM, ItemChange("g1#ab", supersedes="g1"))

    assert isinstance(made, ReportDraft)
    assert (made.body["id"], made.body["supersedes"]) == ("g1#ab", "g1")


def test_the_mapping_of_a_source_replaces_single_expressions() -> None:
    mapping = {
        "fields": {"type": "fields.gdacs_alertlevel"},
        "only": "contains(categories, 'War')",
    }

    body = body_of(ITEM, mapping=mapping)

    assert (body["type"], body["title"]) == ("red", "Rockets & drones")
    assert isinstance(made_of(FeedItem(title="a"), mapping=mapping), SkippedItem)


def test_a_date_that_nobody_can_read_is_kept_as_an_attribute() -> None:
    body = body_of(FeedItem(title="a", published="soon"))

    assert "published_at" not in body
    assert body["attributes"] == {"unread_date": "soon"}


@pytest.mark.parametrize("raw", [b"<html>", b"", b"<!DOCTYPE r [<!ENTITY a 'b'>]><rss/>"])
def test_what_is_no_feed_is_one_refusal(raw: bytes) -> None:
    reader = FeedItemReader.of_source(FeedSource(id="desk", url=URL))

    [item] = reader.read_items(raw)

    assert isinstance(item, RefusedItem)


def test_a_sample_of_a_feed_shows_its_reports() -> None:
    reader = FeedItemReader.of_source(FeedSource(id="desk", url=URL))

    [item] = reader.read_items(RSS.encode())

    assert isinstance(item, ReportDraft)
    assert item.body["id"] == "g1"
