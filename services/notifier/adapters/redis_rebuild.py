"""The notification log on Redis while it is being rebuilt."""

from collections.abc import Iterable
from datetime import datetime
from uuid import uuid4

from redis import Redis

from schemas.ledger import Entry
from services.notifier.adapters import group_scripts, scripts
from services.notifier.adapters.keys import Keys
from services.notifier.adapters.redis_groups import RedisGroups, ScriptArgs
from services.notifier.adapters.redis_log import queue_args
from services.notifier.domain import codec
from services.notifier.domain.entry import KEPT_AFTER_END
from services.notifier.domain.errors import LeaseLost
from services.notifier.domain.placement import Placer, place_nowhere
from services.notifier.domain.ports import Job
from services.notifier.domain.rebuild_ports import Completion, RecoveredEntry

LEASE_MS = 15_000


class RedisRebuild:
    """Implements LostLog; raises redis.RedisError when Redis cannot be used."""

    def __init__(self, redis: Redis, keys: Keys, place: Placer = place_nowhere) -> None:
        self._redis = redis
        self._keys = keys
        self._token = uuid4().hex
        self._renew = redis.register_script(scripts.RENEW)
        self._keep = redis.register_script(scripts.KEEP)
        self.place = place
        self._groups = RedisGroups(redis, keys, place)
        self._rejoin = redis.register_script(group_scripts.REJOIN)
        self._requeue = redis.register_script(scripts.REQUEUE)
        self._complete = redis.register_script(scripts.COMPLETE)

    def completion(self) -> Completion | None:
        """None while the log is not complete."""
        completion = self._redis.get(self._keys.completion)
        return None if completion is None else codec.decode_completion(completion)

    def lease(self) -> bool:
        """Take or renew the lease."""
        lease = self._keys.rebuild_lease
        if self._redis.set(lease, self._token, nx=True, px=LEASE_MS):
            return True
        return bool(self._renew([lease], [self._token]))

    def renew(self) -> None:
        """Keep the lease."""
        _require_lease([self._renew([self._keys.rebuild_lease], [self._token])])

    def keep(self, recovered: Iterable[RecoveredEntry], now: datetime) -> None:
        """Write the entries that are not past their retention."""
        with self._redis.pipeline(transaction=False) as pipeline:
            for kept in recovered:
                left_ms = codec.encode_span(kept.at + KEPT_AFTER_END - now) if kept.is_over else 0
                if left_ms > 0 or not kept.is_over:
                    log = self._keys.log(kept.receiver, kept.alert)
                    keys = [self._keys.rebuild_lease, log, self._keys.outbox]
                    entry: ScriptArgs = [codec.encode_entry(kept.entry), left_ms, kept.entry.serial]
                    records = map(codec.encode_record, kept.records)
                    self._keep(keys, [self._token, *entry, *records], pipeline)
            _require_lease(pipeline.execute())

    def entries(self, keys: Iterable[tuple[str, str]]) -> list[Entry | None]:
        """The log's present entries."""
        names = [self._keys.log(receiver, alert) for receiver, alert in keys]
        return [codec.decode_entry(raw) for raw in self._redis.mget(names)] if names else []

    def queue(self, jobs: Iterable[tuple[str, Job]], now: datetime) -> None:
        """Queue each job for its receiver."""
        queued = list(jobs)
        with self._redis.pipeline(transaction=False) as pipeline:
            for (receiver, job), stored in zip(queued, self._groups.read(queued), strict=True):
                group, script = self._groups.find_group(receiver, job, stored, now), self._requeue
                keys, args = queue_args(self._keys, receiver, job, stored.entry, now)
                if group is not None:
                    script = self._rejoin
                    keys, args = self._groups.join_args(receiver, job, stored, group, now)
                script([self._keys.rebuild_lease, *keys], [self._token, *args], pipeline)
            _require_lease(pipeline.execute())

    def complete(self, completion: Completion) -> None:
        """Store the completion and give the lease back."""
        keys = [self._keys.rebuild_lease, self._keys.completion]
        _require_lease([self._complete(keys, [self._token, codec.encode_completion(completion)])])


def _require_lease(answers: list[int]) -> None:
    if 0 in answers:
        raise LeaseLost("another notifier rebuilds the log, or Redis was lost again")
