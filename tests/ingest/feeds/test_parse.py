import json
from typing import Any

import pytest

from services.ingest.domain.feeds.item import FeedItem
from services.ingest.domain.feeds.parse import parse_feed
from services.ingest.domain.fetching.failure import FailureReason, FetchFailed
from tests.ingest.feeds.builders import ATOM, RSS, URL

PREFIX = "https://a.example/"
JSON_FEED: dict[str, Any] = {
    "version": "https://jsonfeed.org/version/1.1",
    "language": "en",
    "items": [
        {
            "id": 7,
            "external_url": "https://a.example/7",
            "title": "Rockets",
            "content_text": "Long.",
            "date_published": "2026-11-26T08:00:00Z",
            "authors": [{"name": "A"}, {"name": "A"}, {}, 3],
            "tags": ["Iraq", 3],
        },
        "no item",
        {"id": "8", "content_html": "<p>x</p>", "language": "ar", "title": None},
    ],
}


def items_of(text: str | bytes, content_type: str = "application/xml") -> list[FeedItem]:
    body = text.encode() if isinstance(text, str) else text
    return parse_feed(body, {"content-type": content_type}, URL)


def failure_of(body: str | bytes) -> FailureReason:
    with pytest.raises(FetchFailed) as failed:
        items_of(body)
    return failed.value.reason


def rss(*titles: str, end: str = "</channel></rss>") -> str:
    items = "".join(
        f"<item><guid>{PREFIX}{title}</guid><title>{title}</title></item>" for title in titles
    )
    return f'<rss version="2.0"><channel><title>News</title>{items}{end}'


def test_an_item_of_rss_has_all_that_the_feed_says_of_it() -> None:
    assert items_of(RSS) == [
        FeedItem(
            guid="g1",
            link="https://news.example/story/1",
            title="Rockets & drones",
            summary="Short.",
            content="<p>Long.</p>",
            published="Thu, 26 Nov 2026 08:00:00 +0300",
            language="ar",
            authors=("Desk",),
            categories=("Iraq", "War"),
            lat=33.3,
            lon=44.4,
            fields={"gdacs_alertlevel": "Red"},
        )
    ]


def test_an_entry_of_atom_has_the_same_shape() -> None:
    assert items_of(ATOM) == [
        FeedItem(
            guid="urn:1",
            link="https://news.example/1",
            title="Rockets",
            summary="Short.",
            is_html=False,
            published="2026-11-26T08:00:00Z",
            updated="2026-11-26T09:00:00Z",
            language="en",
            authors=("A",),
        )
    ]


def test_an_item_of_a_json_feed_has_the_same_shape() -> None:
    assert items_of(json.dumps(JSON_FEED)) == [
        FeedItem(
            guid="7",
            link="https://a.example/7",
            title="Rockets",
            content="Long.",
            is_html=False,
            published="2026-11-26T08:00:00Z",
            language="en",
            authors=("A",),
            categories=("Iraq",),
        ),
        FeedItem(guid="8", content="<p>x</p>", language="ar"),
    ]


@pytest.mark.parametrize("document", [[], {"items": 3}, {}, {"items": {"a": 1}}])
def test_json_without_items_is_no_feed(document: Any) -> None:
    assert failure_of(json.dumps(document)) is FailureReason.UNREADABLE


@pytest.mark.parametrize("body", ["<html><body>Log in</body></html>", "", "words", "{", "[" * 9999])
def test_what_is_no_feed_is_refused(body: str) -> None:
    assert failure_of(body) is FailureReason.UNREADABLE


def test_a_feed_without_items_is_a_feed() -> None:
    assert items_of(rss()) == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be", "utf-32"])
@pytest.mark.parametrize(
    "declaration",
    [
        '<!DOCTYPE r [<!ENTITY a "b">]>',
        "<!doctype r [\n]>",
        '<!ENTITY a "b">',
        '<!DOCTYPE r SYSTEM "http://x/" [<!ATTLIST a b CDATA "c">]>',
    ],
)
def test_a_declaration_is_refused_in_any_encoding(declaration: str, encoding: str) -> None:
    assert failure_of((declaration + RSS).encode(encoding)) is FailureReason.DOCTYPE


def test_a_doctype_that_declares_nothing_is_no_fault() -> None:
    old = '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://x/r.dtd">'

    assert len(items_of(old + RSS)) == 1


def test_the_last_item_of_a_feed_that_is_cut_off_is_left_out() -> None:
    cut = rss("one", "two", end="<item><guid>three</guid><title>thr")

    assert [item.title for item in items_of(cut)] == ["one", "two"]
    assert [item.title for item in items_of(rss("one", end="&bad;</channel></rss>\n"))] == ["one"]
    assert [item.title for item in items_of(rss("one", end="&bad;</rss><!-- 1 s -->"))] == ["one"]


def test_more_items_than_are_read_are_refused() -> None:
    assert len(items_of(json.dumps({"items": [{}] * 5000}))) == 5000
    assert failure_of(json.dumps({"items": [{}] * 5001})) is FailureReason.TOO_LARGE


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [("windows-1256", "utf-8"), ("windows-1256", "windows-1256"), ("utf-8", "iso-8859-1")],
)
def test_a_wrong_charset_ends_nothing(encoding: str, declared: str) -> None:
    text = f"<?xml version='1.0' encoding='{declared}'?>{rss('صاروخ')}"

    [item] = items_of(text.encode(encoding))

    assert item.title


def test_fields_of_other_name_spaces_are_bounded() -> None:
    many = "".join(f"<g:f{number}>{'x' * 2000}</g:f{number}>" for number in range(100))
    feed = rss().replace("</channel>", f"<item xmlns:g='http://g'>{many}</item></channel>")

    [item] = items_of(feed)

    assert len(item.fields) == 32
    assert {len(value) for value in item.fields.values()} == {1024}
