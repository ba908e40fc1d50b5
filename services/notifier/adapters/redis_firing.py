"""The firing alerts that inhibit others, on Redis: every notifier sees those of all."""

import json
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from itertools import takewhile
from typing import Any

from redis import Redis

from schemas.alert import Alert
from services.notifier.adapters.keys import Keys
from services.notifier.domain import codec
from services.notifier.domain.entry import has_ended
from services.notifier.domain.routing.inhibition import (
    FiringAlert,
    InhibitedBy,
    InhibitRule,
    may_be_inhibited,
    may_inhibit,
)
from services.notifier.domain.routing.inhibition_index import InhibitionIndex
from services.notifier.domain.routing.labels import label_alert

REFRESH_SECONDS = 0.5
ENDED_KEPT_MS = 24 * 3_600_000
"""How long an end is remembered, so that an older revision does not undo it."""

NOTE = """
-- KEYS firing version changes epoch; ARGV id revision time labels ('': it inhibits nothing)
local known = redis.call('HGET', KEYS[1], ARGV[1])
if not known and ARGV[4] == '' then return 0 end
if known and tonumber(string.match(known, '^%d+')) >= tonumber(ARGV[2]) then return 0 end
redis.call('SET', KEYS[4], ARGV[3], 'NX')
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2] .. ' ' .. ARGV[3] .. ' ' .. ARGV[4])
redis.call('ZADD', KEYS[3], redis.call('INCR', KEYS[2]), ARGV[1])
return 1
"""


class RedisFiring:
    """Implements FiringAlerts; what `find` answers is half a second old at most.

    What it knows is kept in memory and changed by what changed in Redis since, so a question costs
    one round trip in half a second, and none where no rule asks.
    Raises redis.RedisError when Redis cannot be used.
    """

    def __init__(
        self, redis: Redis, keys: Keys, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._redis = redis
        self._keys = keys
        self._clock = clock
        self._note = redis.register_script(NOTE)
        self._read_at = float("-inf")
        self._epoch: object = None
        self._version = 0
        self._firing: dict[str, FiringAlert] = {}
        self._ended: dict[str, int] = {}
        self._index = InhibitionIndex(())
        self._lock = threading.Lock()

    def note(self, alerts: Iterable[Alert], rules: Sequence[InhibitRule], now: datetime) -> None:
        """Store which of the alerts inhibit others, and which do not any more."""
        if not rules:
            return
        keys, at = self._keys, codec.encode_time(now)
        names = [keys.firing, keys.firing_version, keys.firing_changes, keys.firing_epoch]
        with self._redis.pipeline(transaction=False) as pipeline:
            for alert in alerts:
                labels = label_alert(alert)
                inhibits = not has_ended(alert) and may_inhibit(rules, labels)
                written = json.dumps(labels, ensure_ascii=False) if inhibits else ""
                self._note(names, [alert.id, alert.revision, at, written], pipeline)
            changed = any(pipeline.execute())
        if changed:
            with self._lock:
                self._read_at = float("-inf")

    def find(self, rules: Sequence[InhibitRule], alert: FiringAlert) -> InhibitedBy | None:
        """What inhibits the alert by the rules now, if anything."""
        if not may_be_inhibited(rules, alert.labels):
            return None
        with self._lock:
            now = self._clock()
            if now >= self._read_at + REFRESH_SECONDS:
                self._read_changed()
                self._read_at = now
            if self._index.rules is not rules:
                self._index = InhibitionIndex.of(rules, self._firing.values())
            return self._index.find(alert)

    def _read_changed(self) -> None:
        epoch, written = self._redis.mget(self._keys.firing_epoch, self._keys.firing_version)
        version = int(written or 0)
        if epoch != self._epoch:
            self._read_all()
        elif version != self._version:
            bounds = f"({self._version}", "+inf"
            changed: Any = self._redis.zrangebyscore(self._keys.firing_changes, *bounds)
            self._apply(zip(changed, self._redis.hmget(self._keys.firing, changed), strict=True))
        self._epoch, self._version = epoch, version
        self._forget_old()

    def _read_all(self) -> None:
        self._firing, self._ended = {}, {}
        self._index = InhibitionIndex(self._index.rules)
        self._apply(self._redis.hgetall(self._keys.firing).items())
        self._ended = dict(sorted(self._ended.items(), key=lambda ended: ended[1]))

    def _apply(self, stored: Iterable[tuple[Any, Any]]) -> None:
        """Take over alerts as stored; one that is not there was forgotten by another notifier."""
        for identity, value in stored:
            if value is not None:
                self._apply_one(*_decode(identity, value))

    def _apply_one(self, alert: FiringAlert, at: int) -> None:
        self._ended.pop(alert.id, None)
        if alert.labels:
            self._firing[alert.id] = alert
            self._index.put(alert)
        else:
            self._firing.pop(alert.id, None)
            self._index.remove(alert.id)
            self._ended[alert.id] = at

    def _forget_old(self) -> None:
        """Forget what ended long before the newest end."""
        oldest = next(reversed(self._ended.values()), 0) - ENDED_KEPT_MS
        old = [*takewhile(lambda each: self._ended[each] < oldest, self._ended)]
        if old:
            self._redis.hdel(self._keys.firing, *old)
            self._redis.zrem(self._keys.firing_changes, *old)
            for each in old:
                del self._ended[each]


def _decode(identity: Any, value: Any) -> tuple[FiringAlert, int]:
    """An alert as stored, at milliseconds since 1970; without labels it inhibits nothing."""
    _revision, at, written = value.split(b" ", 2)
    labels = json.loads(written) if written else {}
    held = {name: tuple(values) for name, values in labels.items()}
    return FiringAlert(identity.decode(), held), int(at)
