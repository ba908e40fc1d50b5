"""The firing alerts that inhibit others, on Redis: every notifier sees those of all."""

import json
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from redis import Redis

from schemas.alert import Alert
from services.notifier.adapters.keys import Keys
from services.notifier.domain import codec
from services.notifier.domain.entry import has_ended
from services.notifier.domain.routing.inhibition import FiringAlert, InhibitRule, may_inhibit
from services.notifier.domain.routing.labels import label_alert

REFRESH_SECONDS = 0.5
ENDED_KEPT_MS = 24 * 3_600_000
"""How long an end is remembered, so that an older revision does not undo it."""

NOTE = """
-- KEYS firing version; ARGV id revision time labels ('': it inhibits nothing)
local known = redis.call('HGET', KEYS[1], ARGV[1])
if not known and ARGV[4] == '' then return 0 end
if known and tonumber(string.match(known, '^%d+')) >= tonumber(ARGV[2]) then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2] .. ' ' .. ARGV[3] .. ' ' .. ARGV[4])
redis.call('INCR', KEYS[2])
return 1
"""


@dataclass(frozen=True, slots=True)
class _StoredAlert:
    """An alert as stored, at milliseconds since 1970; without labels it inhibits nothing."""

    alert: FiringAlert
    at: int


class RedisFiring:
    """Implements FiringAlerts; what `list_all` answers is half a second old at most.

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
        self._version: object = None
        self._firing: tuple[FiringAlert, ...] = ()
        self._lock = threading.Lock()

    def note(self, alerts: Iterable[Alert], rules: Sequence[InhibitRule], now: datetime) -> None:
        """Store which of the alerts inhibit others, and which do not any more."""
        if not rules:
            return
        names, at = [self._keys.firing, self._keys.firing_version], codec.encode_time(now)
        with self._redis.pipeline(transaction=False) as pipeline:
            for alert in alerts:
                labels = label_alert(alert)
                inhibits = not has_ended(alert) and may_inhibit(rules, labels)
                written = json.dumps(labels, ensure_ascii=False) if inhibits else ""
                self._note(names, [alert.id, alert.revision, at, written], pipeline)
            pipeline.execute()

    def list_all(self) -> Sequence[FiringAlert]:
        """The alerts that inhibit others now."""
        with self._lock:
            if self._clock() >= self._read_at + REFRESH_SECONDS:
                self._read_changed()
                self._read_at = self._clock()
            return self._firing

    def _read_changed(self) -> None:
        version = self._redis.get(self._keys.firing_version)
        if version == self._version:
            return
        stored = [_decode(*field) for field in self._redis.hgetall(self._keys.firing).items()]
        self._firing = tuple(each.alert for each in stored if each.alert.labels)
        self._forget([each for each in stored if not each.alert.labels])
        self._version = version

    def _forget(self, ended: Sequence[_StoredAlert]) -> None:
        newest = max((each.at for each in ended), default=0)
        old = [each.alert.id for each in ended if each.at < newest - ENDED_KEPT_MS]
        if old:
            self._redis.hdel(self._keys.firing, *old)


def _decode(identity: Any, value: Any) -> _StoredAlert:
    _revision, at, written = value.split(b" ", 2)
    labels = json.loads(written) if written else {}
    alert = FiringAlert(identity.decode(), {name: tuple(values) for name, values in labels.items()})
    return _StoredAlert(alert, int(at))
