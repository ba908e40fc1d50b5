"""Stories on Redis: all replicas of ingest give an identity one story, once."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any

from pydantic import AnyUrl
from redis import RedisError
from redis.asyncio import BlockingConnectionPool, Redis

from services.ingest.adapters.story_scripts import DIGEST_SIZE, FIND, FIX
from services.ingest.domain.ports import StoriesUnavailable
from services.ingest.domain.stories.join import choose_story
from services.ingest.domain.stories.report import KnownStory, ReportContent, StoryReport
from services.ingest.domain.stories.signature import find_bands
from services.redis_credentials import split_credentials

IDENTITY_KEPT = timedelta(days=30)
"""As long as a repeat may come: the events topic is kept for as long."""
CONNECTIONS = 16
WAIT_SECONDS = 1.0
"""For a connection, free or new. How long a request waits is not decided here."""
MOST_ROUNDS = 5
"""Near-identical reports at one moment wait for one another so often at most."""

_FORM = 2
"""Of what is kept; one that kept something else wrote and reads other keys."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Candidates:
    """What is known of a report: its story, or stories that it may join."""

    story: str | None
    stories: Sequence[KnownStory]


@dataclass(frozen=True, slots=True)
class _Pending:
    """A report that has no story yet, and its bands."""

    report: StoryReport
    bands: bytes


def connect_stories(url: AnyUrl | str) -> Redis:
    """A client of the Redis of stories; connects at the first command."""
    address, credentials = split_credentials(url)
    pool = BlockingConnectionPool.from_url(
        address,
        max_connections=CONNECTIONS,
        timeout=WAIT_SECONDS,
        socket_connect_timeout=WAIT_SECONDS,
        **credentials,
    )
    return Redis.from_pool(pool)


class RedisIndex:
    """Implements StoryIndex."""

    def __init__(self, redis: "Redis", prefix: str, window: timedelta) -> None:
        """Does not connect yet."""
        self._redis = redis
        self._prefix = f"{prefix}stories-{_FORM}:"
        self._window = window
        self._find = redis.register_script(FIND)
        self._fix = redis.register_script(FIX)

    async def check(self) -> None:
        """Have Redis answer."""
        with _translate_errors():
            await self._redis.get(self._prefix)

    async def assign(self, reports: Sequence[StoryReport]) -> list[str]:
        """The story of each report; of an identity that has one, the same again."""
        with _translate_errors():
            return await self._assign(reports)

    async def _assign(self, reports: Sequence[StoryReport]) -> list[str]:
        stories: dict[str, str] = {}
        waiting = [_prepare(report) for report in reports]
        for number in range(1, MOST_ROUNDS + 1):
            if waiting:
                fixed = await self._assign_once(waiting, is_last=number == MOST_ROUNDS)
                stories |= fixed
                waiting = [each for each in waiting if not fixed[each.report.identity]]
        return [stories[report.identity] for report in reports]

    async def _assign_once(self, waiting: Sequence[_Pending], *, is_last: bool) -> dict[str, str]:
        """The story of each identity, or the empty text for those that must ask again."""
        asked_at, *answers = await self._find(args=[self._prefix, *_find_arguments(waiting)])
        times = (self._window, IDENTITY_KEPT)
        fixing: list[Any] = [self._prefix, asked_at, int(is_last), *map(_milliseconds, times)]
        for each, answer in zip(waiting, answers, strict=True):
            fixing += self._choose(each, _decode_candidates(answer))
        names = await self._fix(args=fixing)
        return {
            each.report.identity: name.decode() for each, name in zip(waiting, names, strict=True)
        }

    def _choose(self, pending: _Pending, candidates: _Candidates) -> tuple[Any, ...]:
        """The arguments of FIX for one report."""
        report, identity = pending.report, _hash(pending.report.identity)
        if candidates.story is not None:
            return identity, candidates.story, b"", b"", b"", b"", b"", b""
        choice = choose_story(report, candidates.stories, self._window)
        owner, content = _hash(report.owner), report.content.encode()
        if choice.story is None:
            own = report.own_story
            header = _encode_header(own, report.at)
            return identity, own, _hash(own), b"", header, content, owner, pending.bands
        length = len(choice.story.contents) + 1
        added = content if choice.adds else b""
        name = choice.story.name
        return identity, name, _hash(name), length, b"", added, owner, pending.bands


@contextmanager
def _translate_errors() -> Iterator[None]:
    try:
        yield
    except (RedisError, OSError, ValueError) as error:  # ValueError: what lies there is not ours
        raise StoriesUnavailable(str(error) or type(error).__name__) from None


def _prepare(report: StoryReport) -> _Pending:
    return _Pending(report, b"".join(find_bands(report.content)))


def _find_arguments(waiting: Sequence[_Pending]) -> Iterator[bytes]:
    for each in waiting:
        corrected = each.report.corrected
        yield _hash(each.report.identity)
        yield _hash(corrected) if corrected else b""
        yield each.bands


def _decode_candidates(answer: Sequence[Any]) -> _Candidates:
    story, stored = answer
    kept = [_decode_story(parts) for _, parts in stored if parts]
    return _Candidates(story.decode() or None, kept)


def _decode_story(parts: Sequence[bytes]) -> KnownStory:
    header, *contents = parts
    name, at = json.loads(header)
    return KnownStory(
        name, _EPOCH + timedelta(milliseconds=at), tuple(map(ReportContent.decode, contents))
    )


def _encode_header(name: str, at: datetime) -> bytes:
    return json.dumps([name, _milliseconds(at - _EPOCH)]).encode()


def _milliseconds(span: timedelta) -> int:
    return span // timedelta(milliseconds=1)


def _hash(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=DIGEST_SIZE).digest()
