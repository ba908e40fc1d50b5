"""What the notifier keeps in Redis, over one connection."""

from dataclasses import dataclass
from datetime import timedelta

from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from services.notifier.adapters.keys import Keys
from services.notifier.adapters.redis_firing import RedisFiring
from services.notifier.adapters.redis_log import RedisLog
from services.notifier.adapters.redis_outbox import RedisOutbox
from services.notifier.adapters.redis_rebuild import RedisRebuild
from services.notifier.adapters.timed_redis import TimedRedis
from services.notifier.adapters.wall_clock import tell_utc
from services.notifier.adapters.watch.watch_stores import WatchStores, connect_watch
from services.notifier.domain.placement import Placer
from services.notifier.settings import NotifierSettings
from services.redis_credentials import split_credentials

# a receiver is given one time-out to answer; a request may take effect for about two more
TIMEOUTS_IN_DOUBT = 3
REDIS_SECONDS = 5


@dataclass(frozen=True, slots=True)
class NotifierStores:
    """The notification log, the log while it is rebuilt, and what lies beside them."""

    redis: Redis
    keys: Keys
    notifications: RedisLog
    lost: RedisRebuild
    outbox: RedisOutbox
    firing: RedisFiring
    watch: WatchStores


def make_stores(
    settings: NotifierSettings, receivers: tuple[str, ...], place: Placer
) -> NotifierStores:
    """Every store for these receivers; connects to nothing."""
    redis, keys = connect_redis(settings), Keys(settings.topic_prefix)
    return NotifierStores(
        redis,
        keys,
        RedisLog(redis, keys, compute_hold(settings), place),
        RedisRebuild(redis, keys, place),
        RedisOutbox(redis, keys),
        RedisFiring(redis, keys),
        connect_watch(redis, keys, receivers, tell_utc),
    )


def compute_hold(settings: NotifierSettings) -> timedelta:
    """How long a lease lasts and an unknown outcome stays in doubt."""
    return timedelta(seconds=TIMEOUTS_IN_DOUBT * settings.receiver_timeout_seconds)


def connect_redis(settings: NotifierSettings) -> Redis:
    """A client that connects at its first command, with the password in force."""
    # the client does not retry: a script whose answer was lost must not run twice unnoticed
    address, credentials = split_credentials(settings.redis_url)
    return TimedRedis.from_url(
        address,
        **credentials,
        socket_timeout=REDIS_SECONDS,
        socket_connect_timeout=REDIS_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )
