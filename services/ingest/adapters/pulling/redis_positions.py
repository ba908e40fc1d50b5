"""The lease of the worker that fetches, and how far it has read each source, in Redis."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import uuid4

from pydantic import AnyUrl
from redis import RedisError
from redis.asyncio import Redis

from services.ingest.domain.pulling.ports import NotLeading, PositionsUnavailable
from services.redis_credentials import split_credentials

LEASE_MS = 15_000
TIMEOUT_SECONDS = 3.0
# the last write wins only while its writer holds the lease
_SAVE = """
if redis.call('get', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('hset', KEYS[2], ARGV[2], ARGV[3])
return 1
"""
_RENEW = """
if redis.call('get', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('pexpire', KEYS[1], ARGV[2])
"""
_RELEASE = """
if redis.call('get', KEYS[1]) == ARGV[1] then redis.call('del', KEYS[1]) end
"""


def connect(url: AnyUrl | str) -> Redis:
    """A client that gives up after seconds, and connects again by itself."""
    address, credentials = split_credentials(url)
    client: Redis = Redis.from_url(
        address,
        **credentials,
        decode_responses=True,
        socket_timeout=TIMEOUT_SECONDS,
        socket_connect_timeout=TIMEOUT_SECONDS,
    )
    return client


@dataclass(frozen=True, slots=True)
class RedisPositions:
    """Implements PositionStore; every method that talks to Redis may raise PositionsUnavailable.

    Names are under the topic prefix, so that two installations can share a Redis. `token` is that
    of this worker: who holds the lease is known by it.
    """

    redis: Redis
    prefix: str
    token: str
    lease_ms: int = LEASE_MS

    @classmethod
    def create(cls, url: AnyUrl | str, prefix: str, lease_ms: int = LEASE_MS) -> "RedisPositions":
        """Does not connect yet."""
        return cls(connect(url), prefix, uuid4().hex, lease_ms)

    @property
    def lease(self) -> str:
        """A token: who fetches."""
        return f"{{{self.prefix}ingest}}:worker-lease"

    @property
    def positions(self) -> str:
        """A hash: the position of each source."""
        return f"{{{self.prefix}ingest}}:positions"

    async def acquire(self) -> bool:
        """Whether this worker has the lease now."""
        async with _reach():
            is_set = await self.redis.set(self.lease, self.token, nx=True, px=self.lease_ms)
        return bool(is_set)

    async def renew(self) -> None:
        """Keep the lease.

        Raises:
            NotLeading: it ran out.
        """
        async with _reach():
            kept = await self.redis.eval(_RENEW, 1, self.lease, self.token, self.lease_ms)
        if not kept:
            raise NotLeading

    async def release(self) -> None:
        """Let another worker fetch at once."""
        async with _reach():
            await self.redis.eval(_RELEASE, 1, self.lease, self.token)

    async def load(self, source: str) -> str | None:
        """As PositionStore says."""
        async with _reach():
            position = await self.redis.hget(self.positions, source)
        return None if position is None else str(position)

    async def save(self, source: str, position: str) -> None:
        """As PositionStore says."""
        keys = (self.lease, self.positions)
        async with _reach():
            saved = await self.redis.eval(_SAVE, 2, *keys, self.token, source, position)
        if not saved:
            raise NotLeading

    async def close(self) -> None:
        """Close the connections."""
        await self.redis.aclose()


@asynccontextmanager
async def _reach() -> AsyncIterator[None]:
    try:
        yield
    except (RedisError, OSError) as error:
        raise PositionsUnavailable(f"Redis: {error}") from None
