"""The notification log on Redis, as the API shows it."""

from collections.abc import Sequence

from redis import Redis

from schemas.ledger import Entry
from services.notifier.adapters.keys import Keys
from services.notifier.domain import codec


class RedisLogReader:
    """Implements LogReader; raises redis.RedisError when Redis cannot be used."""

    def __init__(self, redis: Redis, keys: Keys, receivers: Sequence[str]) -> None:
        self._redis = redis
        self._keys = keys
        self._receivers = receivers

    def is_complete(self) -> bool:
        """Whether the completion is there."""
        return bool(self._redis.exists(self._keys.completion))

    def read_entries(self, alert_id: str) -> dict[str, Entry]:
        """In one round trip."""
        names = [self._keys.log(receiver, alert_id) for receiver in self._receivers]
        read = map(codec.decode_entry, self._redis.mget(names))
        known = zip(self._receivers, read, strict=True)
        return {receiver: entry for receiver, entry in known if entry is not None}
