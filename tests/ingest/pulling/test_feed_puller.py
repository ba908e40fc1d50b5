from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from services.ingest.adapters.fetching.fetcher import Fetcher, FetchLimits, FetchRequest
from services.ingest.adapters.pulling.feed_puller import FeedPuller
from services.ingest.domain.feeds.item import FeedItem
from services.ingest.domain.feeds.parse import parse_feed
from services.ingest.domain.feeds.report import FeedItemReader
from services.ingest.domain.fetching.failure import FailureReason, FetchFailed
from services.ingest.domain.sources.polled_sources import FeedSource
from tests.ingest.builders import NOON
from tests.standins.feed import FeedAnswer, FeedStandIn, gzip_bomb, redirect, too_many_requests

QUICK = FetchLimits(connect=0.5, read=0.5, whole=2.0)


@pytest.fixture
def feed() -> Iterator[FeedStandIn]:
    with FeedStandIn() as server:
        server.publish("1", "Rockets hit the base.")
        server.publish("2", "A convoy leaves.")
        yield server


async def parse_here(body: bytes, headers: Mapping[str, str], url: str) -> list[FeedItem]:
    return parse_feed(body, headers, url)


@dataclass
class Reader:
    """Reads a feed again and again, and remembers how far."""

    feed: FeedStandIn
    position: str | None = None
    puller: FeedPuller = field(init=False)

    def __post_init__(self) -> None:
        request = FetchRequest(self.feed.url, {"X-Key": "k"}, frozenset({"127.0.0.1"}))
        source = FeedSource(id="desk", url=self.feed.url)
        self.puller = FeedPuller(
            lambda: request,
            Fetcher("Vedette/test", lambda: NOON, QUICK),
            parse_here,
            FeedItemReader.of_source(source).make_report,
        )

    async def read(self) -> list[Any]:
        reports: list[Any] = []
        async for pulled in self.puller.pull(self.position):
            self.position = pulled.position
            reports += pulled.reports
        return reports


async def test_items_come_oldest_first_and_each_once(feed: FeedStandIn) -> None:
    reader = Reader(feed)

    first, again = await reader.read(), await reader.read()
    feed.publish("3", "A bridge is closed.")
    third = await reader.read()

    assert [report["id"] for report in first] == ["1", "2"]
    assert again == []
    assert [report["id"] for report in third] == ["3"]


async def test_an_unchanged_feed_is_asked_for_with_its_validators(feed: FeedStandIn) -> None:
    reader = Reader(feed)

    await reader.read()
    await reader.read()

    first, second = feed.requests
    assert "If-None-Match" not in first
    assert second["If-None-Match"]
    assert second["X-Key"] == "k"


async def test_without_validators_what_was_seen_is_no_news(feed: FeedStandIn) -> None:
    feed.has_validators = False
    reader = Reader(feed)

    await reader.read()

    assert await reader.read() == []


async def test_an_edited_item_supersedes_its_guid(feed: FeedStandIn) -> None:
    reader = Reader(feed)
    await reader.read()

    feed.publish("1", "Rockets hit the base: two are dead.")
    [edited] = await reader.read()
    feed.publish("1", "Rockets hit the base: three are dead.")
    [again] = await reader.read()

    assert edited["supersedes"] == again["supersedes"] == "1"
    assert len({"1", edited["id"], again["id"]}) == 3


async def test_a_dropped_item_retracts_nothing(feed: FeedStandIn) -> None:
    reader = Reader(feed)
    await reader.read()

    feed.drop("1")
    assert await reader.read() == []
    feed.publish("1", "Rockets hit the base.")
    assert await reader.read() == []


@pytest.mark.parametrize("lost", [None, "no position", '{"seen": 3}'])
async def test_a_lost_position_gives_the_same_reports_again(
    feed: FeedStandIn, lost: str | None
) -> None:
    reader = Reader(feed)
    first = await reader.read()

    reader.position = lost

    assert await reader.read() == first


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (too_many_requests(), FailureReason.STATUS),
        (FeedAnswer(410), FailureReason.STATUS),
        (FeedAnswer(503), FailureReason.STATUS),
        (gzip_bomb(), FailureReason.TOO_LARGE),
        (redirect("http://10.0.0.1/feed.xml"), FailureReason.ADDRESS),
        (FeedAnswer(body=b"<rss><channel>", cut=5), FailureReason.UNREACHABLE),
        (FeedAnswer(body=b"<html>Please log in</html>"), FailureReason.UNREADABLE),
        (FeedAnswer(body=b"<!DOCTYPE r [<!ENTITY a 'b'>]><rss/>"), FailureReason.DOCTYPE),
    ],
    ids=["429", "gone", "503", "bomb", "private", "half", "portal", "entities"],
)
async def test_a_bad_answer_fails_and_the_next_good_one_is_read(
    feed: FeedStandIn, answer: FeedAnswer, reason: FailureReason
) -> None:
    feed.answers.append(answer)
    reader = Reader(feed)

    with pytest.raises(FetchFailed) as failed:
        await reader.read()

    assert failed.value.reason is reason
    assert len(await reader.read()) == 2
