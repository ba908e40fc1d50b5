"""The notification log on Redis while it is being rebuilt."""

import json
from collections.abc import Iterable
from datetime import datetime
from uuid import uuid4

from redis import Redis

from schemas.ledger import Entry
from services.notifier.adapters import scripts
from services.notifier.adapters.keys import Keys
from services.notifier.adapters.letter_json import to_json
from services.notifier.adapters.redis_log import Words, put_words, to_ms
from services.notifier.domain.entry import KEPT_AFTER_END
from services.notifier.domain.errors import LeaseLost
from services.notifier.domain.ports import Completion, Job, RecoveredEntry

LEASE_MS = 15_000


class RedisRebuild:
    """Implements LostLog; raises redis.RedisError when Redis cannot be used."""

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys
        self._token = uuid4().hex
        self._renew = redis.register_script(scripts.RENEW)
        self._keep = redis.register_script(scripts.KEEP)
        self._requeue = redis.register_script(scripts.REQUEUE)
        self._complete = redis.register_script(scripts.COMPLETE)

    def completion(self) -> Completion | None:
        """None while the log is not complete."""
        mark = self._redis.get(self._keys.mark)
        if mark is None:
            return None
        told = json.loads(mark)
        return Completion(datetime.fromisoformat(told["at"]), told["gap"])

    def lease(self) -> bool:
        """Take or renew the lease."""
        lease = self._keys.rebuild_lease
        if self._redis.set(lease, self._token, nx=True, px=LEASE_MS):
            return True
        return bool(self._renew([lease], [self._token]))

    def renew(self) -> None:
        """Keep the lease."""
        _hold([self._renew([self._keys.rebuild_lease], [self._token])])

    def keep(self, recoveries: Iterable[RecoveredEntry], now: datetime) -> None:
        """Write the entries that are not too old to matter."""
        with self._redis.pipeline(transaction=False) as pipeline:
            for one in recoveries:
                left = to_ms(one.at + KEPT_AFTER_END - now) if one.is_over else 0
                if left > 0 or not one.is_over:
                    log = self._keys.log(one.receiver, one.alert)
                    keys = [self._keys.rebuild_lease, log, self._keys.outbox]
                    said: Words = [one.entry.model_dump_json(), left, one.entry.serial]
                    letters = map(to_json, one.letters)
                    self._keep(keys, [self._token, *said, *letters], pipeline)
            _hold(pipeline.execute())

    def entries(self, keys: Iterable[tuple[str, str]]) -> list[Entry | None]:
        """What the log holds by now."""
        names = [self._keys.log(receiver, alert) for receiver, alert in keys]
        found = self._redis.mget(names) if names else []
        return [None if one is None else Entry.model_validate_json(one) for one in found]

    def queue(self, jobs: Iterable[tuple[str, Job]], now: datetime) -> None:
        """Queue each job for its receiver."""
        with self._redis.pipeline(transaction=False) as pipeline:
            for receiver, job in jobs:
                keys, words = put_words(self._keys, receiver, job, now)
                self._requeue(
                    [self._keys.rebuild_lease, *keys], [self._token, *words[:-1]], pipeline
                )
            _hold(pipeline.execute())

    def complete(self, completion: Completion) -> None:
        """Set the mark."""
        told = json.dumps({"at": completion.at.isoformat(), "gap": completion.gap})
        keys = [self._keys.rebuild_lease, self._keys.mark]
        _hold([self._complete(keys, [self._token, told])])


def _hold(answers: list[int]) -> None:
    if 0 in answers:
        raise LeaseLost("another notifier rebuilds the log, or Redis was lost again")
