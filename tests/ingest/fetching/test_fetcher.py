import asyncio
import gzip
import time
import zlib
from collections.abc import Iterator
from ipaddress import ip_address
from itertools import pairwise

import pytest

from services.ingest.adapters.fetching.fetcher import (
    Fetched,
    Fetcher,
    FetchLimits,
    FetchRequest,
)
from services.ingest.domain.fetching.addresses import Address
from services.ingest.domain.fetching.failure import FailureReason, FetchFailed
from tests.ingest.builders import NOON
from tests.standins.feed import (
    FeedAnswer,
    FeedStandIn,
    gzip_bomb,
    redirect,
    too_many_requests,
)

LOOPBACK = frozenset({"127.0.0.1"})
QUICK = FetchLimits(connect=0.5, read=0.5, whole=1.0, body=100_000)


@pytest.fixture
def feed() -> Iterator[FeedStandIn]:
    with FeedStandIn() as server:
        server.publish("1", "Rockets hit the base.")
        yield server


def fetcher(limits: FetchLimits = QUICK) -> Fetcher:
    return Fetcher("Vedette/test (+duty@example.org)", lambda: NOON, limits)


async def fetch(feed: FeedStandIn, **headers: str) -> Fetched:
    request = FetchRequest(feed.url, headers, LOOPBACK)
    return await fetcher().fetch(request)


async def fail(request: FetchRequest, using: Fetcher | None = None) -> FetchFailed:
    with pytest.raises(FetchFailed) as failed:
        await (using or fetcher()).fetch(request)
    return failed.value


async def fail_feed(feed: FeedStandIn, answer: FeedAnswer) -> FetchFailed:
    feed.answers.append(answer)
    return await fail(FetchRequest(feed.url, allowed=LOOPBACK))


class Names:
    """A resolver that gives a name other addresses each time."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    async def __call__(self, host: str, _port: int) -> list[Address]:
        self.asked.append(host)
        given = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [ip_address(each) for each in given]


async def test_a_page_comes_with_its_validators_and_the_server_learns_who_asks(
    feed: FeedStandIn,
) -> None:
    fetched = await fetch(feed)

    assert fetched.body == feed.render()
    assert fetched.headers["etag"]
    assert feed.requests[0]["User-Agent"] == "Vedette/test (+duty@example.org)"


async def test_an_unchanged_page_has_no_body(feed: FeedStandIn) -> None:
    first = await fetch(feed)

    second = await fetch(feed, **{"If-None-Match": first.headers["etag"]})

    assert (second.status, second.body) == (304, b"")


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "127.1", "2130706433", "0x7f.0.0.1", "0"]
)
async def test_this_machine_is_refused_however_it_is_written(host: str) -> None:
    failed = await fail(FetchRequest(f"http://{host}:9/feed"))

    assert failed.reason is FailureReason.ADDRESS
    assert "to private_hosts in the source's file" in str(failed)


async def test_one_private_address_among_public_ones_refuses_the_name() -> None:
    names = Names(["93.184.216.34", "10.0.0.1"])

    failed = await fail(
        FetchRequest("http://news.example/"), Fetcher("v", lambda: NOON, QUICK, names)
    )

    assert failed.reason is FailureReason.ADDRESS
    assert "10.0.0.1, which is private" in str(failed)


async def test_the_address_that_was_checked_is_the_one_that_is_reached(feed: FeedStandIn) -> None:
    names = Names(["127.0.0.1"], ["10.0.0.1"])
    request = FetchRequest(
        f"http://news.example:{feed.port}/feed.xml", allowed=frozenset({"news.example"})
    )

    fetched = await Fetcher("v", lambda: NOON, QUICK, names).fetch(request)

    assert fetched.status == 200
    assert names.asked == ["news.example"]
    assert feed.requests[0]["Host"] == f"news.example:{feed.port}"


async def test_a_host_that_is_allowed_allows_no_other(feed: FeedStandIn) -> None:
    feed.answers.append(redirect(f"http://localhost:{feed.port}/secret"))

    failed = await fail(FetchRequest(feed.url, allowed=LOOPBACK))

    assert failed.reason is FailureReason.ADDRESS
    assert len(feed.requests) == 1


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("http://169.254.169.254/latest/meta-data/", FailureReason.ADDRESS),
        ("//10.0.0.1/", FailureReason.ADDRESS),
        ("http://[::ffff:127.0.0.1]/", FailureReason.ADDRESS),
        ("http://[64:ff9b::7f00:1]/", FailureReason.ADDRESS),
        ("file:///etc/passwd", FailureReason.URL),
        ("gopher://127.0.0.1:6379/_", FailureReason.URL),
        ("http://user:secret@127.0.0.1/", FailureReason.URL),
        ("http://[", FailureReason.URL),
    ],
)
async def test_a_redirect_is_checked_as_the_first_address_is(
    feed: FeedStandIn, location: str, reason: FailureReason
) -> None:
    failed = await fail_feed(feed, redirect(location))

    assert failed.reason is reason
    assert "secret" not in str(failed)


async def test_a_redirect_is_followed_five_times(feed: FeedStandIn) -> None:
    feed.answers.extend([redirect("/again")] * 5)

    assert (await fetch(feed)).url == feed.url.replace("/feed.xml", "/again")

    feed.answers.extend([redirect("/again")] * 6)
    assert (await fail(FetchRequest(feed.url, allowed=LOOPBACK))).reason is FailureReason.REDIRECTS


async def test_credentials_do_not_follow_a_redirect_to_another_origin(feed: FeedStandIn) -> None:
    feed.answers.append(redirect(f"http://localhost:{feed.port}/feed.xml"))
    request = FetchRequest(
        feed.url, {"Authorization": "Bearer secret", "If-None-Match": "x"}, LOOPBACK | {"localhost"}
    )

    await fetcher().fetch(request)

    first, second = feed.requests
    assert first["Authorization"] == "Bearer secret"
    assert "Authorization" not in second
    assert second["If-None-Match"] == "x"


async def test_too_many_requests_says_how_long_to_wait(feed: FeedStandIn) -> None:
    failed = await fail_feed(feed, too_many_requests("120"))

    assert (failed.reason, failed.wait) == (FailureReason.STATUS, 120)


async def test_a_bomb_is_given_up_where_it_passes_its_bound(feed: FeedStandIn) -> None:
    started = time.process_time()

    failed = await fail_feed(feed, gzip_bomb())

    assert failed.reason is FailureReason.TOO_LARGE
    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", gzip.compress(b"words")),
        ("gzip", gzip.compress(b"wor") + gzip.compress(b"ds")),
        ("deflate", zlib.compress(b"words")),
        ("deflate", zlib.compress(b"words")[2:-4]),
        ("", b"words"),
    ],
    ids=["gzip", "two members", "zlib", "raw deflate", "plain"],
)
async def test_a_packed_body_is_unpacked(feed: FeedStandIn, encoding: str, packed: bytes) -> None:
    feed.answers.append(FeedAnswer(body=packed, headers={"Content-Encoding": encoding}))

    assert (await fetch(feed)).body == b"words"


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", b"no gzip"),
        ("gzip", gzip.compress(bytes(10_000))[:-9]),
        ("br", b"words"),
        ("gzip, gzip", gzip.compress(gzip.compress(b"words"))),
    ],
    ids=["not packed", "cut", "another", "twice"],
)
async def test_what_cannot_be_unpacked_is_refused(
    feed: FeedStandIn, encoding: str, packed: bytes
) -> None:
    failed = await fail_feed(feed, FeedAnswer(body=packed, headers={"Content-Encoding": encoding}))

    assert failed.reason is FailureReason.ENCODING


async def test_a_body_may_be_as_large_as_its_bound_and_no_larger(feed: FeedStandIn) -> None:
    feed.answers.append(FeedAnswer(body=bytes(QUICK.body)))
    assert len((await fetch(feed)).body) == QUICK.body

    failed = await fail_feed(feed, FeedAnswer(body=bytes(QUICK.body + 1)))
    assert failed.reason is FailureReason.TOO_LARGE


async def test_half_a_body_is_no_body(feed: FeedStandIn) -> None:
    failed = await fail_feed(feed, FeedAnswer(body=feed.render(), cut=50))

    assert failed.reason is FailureReason.UNREACHABLE


async def test_a_server_that_drips_is_given_up_after_the_whole_time(feed: FeedStandIn) -> None:
    failed = await fail_feed(feed, FeedAnswer(body=bytes(1000), pause=0.1))

    assert failed.reason is FailureReason.TIMEOUT


async def test_a_name_that_is_never_resolved_is_given_up() -> None:
    async def hang(_host: str, _port: int) -> list[Address]:
        await asyncio.Event().wait()
        return []

    failed = await fail(
        FetchRequest("http://news.example/"), Fetcher("v", lambda: NOON, QUICK, hang)
    )

    assert failed.reason is FailureReason.TIMEOUT


async def test_a_host_has_one_connection_at_a_time(feed: FeedStandIn) -> None:
    feed.answers.extend([FeedAnswer(body=b"12", pause=0.1)] * 3)
    one = fetcher()

    await asyncio.gather(*(one.fetch(FetchRequest(feed.url, allowed=LOOPBACK)) for _ in range(3)))

    times = [float(request["at"]) for request in feed.requests]
    assert all(later - earlier > 0.09 for earlier, later in pairwise(times))


async def test_an_address_at_which_nobody_listens_is_unreachable() -> None:
    failed = await fail(FetchRequest("http://127.0.0.1:9/", allowed=LOOPBACK))

    assert failed.reason is FailureReason.UNREACHABLE
