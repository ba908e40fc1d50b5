"""Silences, acknowledgements and verdicts on Redis, each kind by its own keys."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic

from redis import Redis
from redis.client import Pipeline

from services.notifier.adapters.redis_groups import ScriptArgs
from services.notifier.adapters.watch.watch_keys import WatchKeys
from services.notifier.adapters.watch.watch_scripts import PUT_RECORD, RESTORE_RECORD
from services.notifier.domain import codec
from services.notifier.domain.entry import KEPT_AFTER_END
from services.notifier.domain.errors import LogLost
from services.notifier.domain.ports import OutboxRecord
from services.notifier.domain.watch.ports import R
from services.notifier.domain.watch.refusals import ChangedMeanwhile

NOT_COMPLETE = -1

Touch = Callable[[Pipeline, R], None]
"""Adds to a transaction what has everything decided again that depends on a record."""


@dataclass(frozen=True, slots=True)
class RecordKind(Generic[R]):
    """A kind of record: its name in keys, how it is written and read, and what depends on it."""

    name: str
    encode: Callable[[R], str]
    decode: Callable[[bytes], R]
    touch: Touch[R] | None = None
    on_put: Callable[[R], None] = field(default=lambda _: None)


class RedisRecords(Generic[R]):
    """Implements RecordStore; raises redis.RedisError when Redis cannot be used."""

    def __init__(
        self, redis: Redis, keys: WatchKeys, kind: RecordKind[R], clock: Callable[[], datetime]
    ) -> None:
        self._redis = redis
        self._keys = keys
        self._kind = kind
        self._clock = clock
        self._put = redis.register_script(PUT_RECORD)
        self._restore = redis.register_script(RESTORE_RECORD)

    def find(self, ids: Sequence[str]) -> list[R | None]:
        """In one round trip."""
        names = [self._keys.record(self._kind.name, each) for each in ids]
        read: list[Any] = self._redis.mget(names) if names else []
        return [None if raw is None else self._kind.decode(raw) for raw in read]

    def list_needed(self, after: datetime) -> list[R]:
        """From the set of ends."""
        score = f"({codec.encode_time(after)}"
        ids: list[Any] = self._redis.zrangebyscore(self._keys.ends(self._kind.name), score, "+inf")
        return [each for each in self.find([each.decode() for each in ids]) if each is not None]

    def put(self, record: R, records: Iterable[OutboxRecord]) -> None:
        """In one transaction with what depends on the record."""
        lines = map(codec.encode_record, records)
        with self._redis.pipeline(transaction=True) as pipeline:
            self._put(self._script_keys(record), [*self._script_args(record), *lines], pipeline)
            if self._kind.touch is not None:
                self._kind.touch(pipeline, record)
            answer = pipeline.execute()[0]
        if answer == NOT_COMPLETE:
            raise LogLost("the notification log is not complete")
        if answer == 0:
            raise ChangedMeanwhile("", "somebody changed it at the same time: look, and repeat")
        self._kind.on_put(record)

    def restore(self, records: Iterable[R]) -> None:
        """In one round trip; what is past its retention stays away."""
        now = self._clock()
        with self._redis.pipeline(transaction=False) as pipeline:
            for record in records:
                if record.needed_until + KEPT_AFTER_END > now:
                    self._restore(self._script_keys(record), self._script_args(record), pipeline)
            pipeline.execute()

    def read_version(self) -> int:
        """The number that every change raises."""
        return int(self._redis.get(self._keys.version(self._kind.name)) or 0)

    def _script_keys(self, record: R) -> list[str]:
        name, keys = self._kind.name, self._keys
        own = [keys.record(name, record.id), keys.ends(name), keys.version(name)]
        return [keys.log.completion, *own, keys.log.outbox]

    def _script_args(self, record: R) -> ScriptArgs:
        now = self._clock()
        kept = record.needed_until + KEPT_AFTER_END - now
        return [
            record.serial,
            self._kind.encode(record),
            max(1, codec.encode_span(kept)),
            record.id,
            codec.encode_time(record.needed_until),
            codec.encode_time(now - KEPT_AFTER_END),
        ]
