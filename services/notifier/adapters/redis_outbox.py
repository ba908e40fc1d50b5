"""The outbox on Redis: records that Kafka does not have yet."""

from collections.abc import Iterable
from uuid import uuid4

from redis import Redis

from services.notifier.adapters import scripts
from services.notifier.adapters.keys import Keys
from services.notifier.adapters.metrics import OUTBOX
from services.notifier.domain import codec
from services.notifier.domain.ports import OutboxRecord

LEASE_MS = 15_000


class RedisOutbox:
    """Implements OutboxStore; one process relays at a time.

    Raises redis.RedisError when Redis cannot be used.
    """

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys
        self._token = uuid4().hex
        self._trim = redis.register_script(scripts.TRIM)

    def append(self, records: Iterable[OutboxRecord]) -> None:
        """Add to the end."""
        lines = [codec.encode_record(record) for record in records]
        if lines:
            self._redis.rpush(self._keys.outbox, *lines)

    def take(self, most: int) -> list[OutboxRecord]:
        """The oldest records, with the lease to relay them, if nobody else has it."""
        waiting = self._redis.llen(self._keys.outbox)
        OUTBOX.set(waiting)
        if not waiting or not self._lease():
            return []
        lines = self._redis.lrange(self._keys.outbox, 0, most - 1)
        return [codec.decode_record(line) for line in lines]

    def drop(self, count: int) -> None:
        """Delete the oldest `count` records and give the lease back."""
        self._trim([self._keys.outbox_lease, self._keys.outbox], [self._token, count])

    def _lease(self) -> bool:
        lease = self._keys.outbox_lease
        taken = self._redis.set(lease, self._token, nx=True, px=LEASE_MS)
        return bool(taken) or self._redis.get(lease) == self._token.encode()
