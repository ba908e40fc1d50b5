"""The newest ledger lines about each alert and silence, on Redis."""

from collections.abc import Iterable

from redis import Redis

from schemas.ledger import LedgerLine
from services.notifier.adapters.watch.watch_keys import WatchKeys
from services.notifier.domain import codec
from services.notifier.domain.entry import KEPT_AFTER_END

MOST_LINES = 200


class RedisHistory:
    """Implements LineHistory; raises redis.RedisError when Redis cannot be used."""

    def __init__(self, redis: Redis, keys: WatchKeys) -> None:
        self._redis = redis
        self._keys = keys

    def append(self, lines: Iterable[LedgerLine]) -> None:
        """In one transaction: so Redis syncs its file once."""
        kept_ms = codec.encode_span(KEPT_AFTER_END)
        with self._redis.pipeline(transaction=True) as pipeline:
            for line in lines:
                name = self._keys.history(line.alert)
                short = line.model_copy(update={"entry": None})
                pipeline.rpush(name, short.model_dump_json(exclude_defaults=True))
                pipeline.ltrim(name, -MOST_LINES, -1)
                pipeline.pexpire(name, kept_ms)
            pipeline.execute()

    def read(self, about: str) -> list[LedgerLine]:
        """Each line once, in order of time."""
        raw = dict.fromkeys(self._redis.lrange(self._keys.history(about), 0, -1))
        lines = [LedgerLine.model_validate_json(each) for each in raw]
        return sorted(lines, key=lambda line: line.at)
