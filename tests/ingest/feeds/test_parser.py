import pytest

from services.ingest.adapters.feeds.parser import FeedParser
from services.ingest.domain.fetching.failure import FailureReason, FetchFailed
from tests.ingest.feeds.builders import ATOM, URL

ATTRIBUTES = b" ".join(b'a%d="1"' % number for number in range(20_000))
HOSTILE = b"<rss><channel><item " + ATTRIBUTES + b"/></channel></rss>"


async def fail(body: bytes, seconds: float = 60) -> FailureReason:
    with pytest.raises(FetchFailed) as failed:
        await FeedParser(seconds).parse(body, {}, URL)
    return failed.value.reason


async def test_a_feed_is_parsed_in_a_process_of_its_own() -> None:
    [item] = await FeedParser().parse(ATOM.encode(), {"content-type": "application/xml"}, URL)

    assert (item.guid, item.authors) == ("urn:1", ("A",))


async def test_what_is_no_feed_says_so() -> None:
    assert await fail(b"<html>") is FailureReason.UNREADABLE


async def test_a_feed_that_costs_too_much_is_given_up() -> None:
    assert await fail(HOSTILE, 0.7) is FailureReason.TOO_COSTLY
