"""The outbox on Redis: letters that Kafka does not have yet."""

from collections.abc import Iterable
from uuid import uuid4

from redis import Redis

from services.notifier.adapters import scripts
from services.notifier.adapters.keys import Keys
from services.notifier.adapters.letter_json import from_json, to_json
from services.notifier.domain.ports import OutboxRecord

LEASE_MS = 15_000


class RedisOutbox:
    """Implements Outbox; one process delivers at a time.

    Raises redis.RedisError when Redis cannot be used.
    """

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys
        self._token = uuid4().hex
        self._trim = redis.register_script(scripts.TRIM)

    def post(self, letters: Iterable[OutboxRecord]) -> None:
        """Add to the end."""
        lines = [to_json(letter) for letter in letters]
        if lines:
            self._redis.rpush(self._keys.outbox, *lines)

    def take(self, most: int) -> list[OutboxRecord]:
        """The oldest letters, with the lease to deliver them, if nobody else has it."""
        if not self._redis.llen(self._keys.outbox) or not self._lease():
            return []
        lines = self._redis.lrange(self._keys.outbox, 0, most - 1)
        return [from_json(line) for line in lines]

    def delivered(self, count: int) -> None:
        """Drop the oldest `count` letters and give the lease back."""
        self._trim([self._keys.outbox_lease, self._keys.outbox], [self._token, count])

    def _lease(self) -> bool:
        lease = self._keys.outbox_lease
        taken = self._redis.set(lease, self._token, nx=True, px=LEASE_MS)
        return bool(taken) or self._redis.get(lease) == self._token.encode()
