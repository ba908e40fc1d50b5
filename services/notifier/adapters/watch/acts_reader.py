"""Reads from Redis what people did, for each decision."""

import threading
from datetime import datetime

from redis import Redis

from schemas.acknowledgement import Acknowledgement
from schemas.alert import Alert
from schemas.silence import Silence
from services.notifier.adapters.watch.records import RedisRecords
from services.notifier.adapters.watch.watch_keys import WatchKeys
from services.notifier.domain.routing.labels import label_alert
from services.notifier.domain.watch.acts import PeopleActs, select_holding
from services.notifier.domain.watch.alert_summary import AlertSummary
from services.notifier.domain.watch.silences.hiding import SilenceBook


class RedisActsReader:
    """One round trip for a decision; silences are read again when one of them has changed.

    Raises redis.RedisError when Redis cannot be used. Threads may share it.
    """

    def __init__(self, redis: Redis, keys: WatchKeys, silences: RedisRecords[Silence]) -> None:
        self._redis = redis
        self._keys = keys
        self._silences = silences
        self._book = SilenceBook()
        self._version: bytes | None = None
        self._lock = threading.Lock()

    def __call__(self, alert: Alert, since: datetime, now: datetime) -> PeopleActs:
        """What people did about the alert."""
        with self._redis.pipeline(transaction=False) as pipeline:
            pipeline.get(self._keys.version("silence"))
            pipeline.get(self._keys.record("acknowledgement", alert.id))
            pipeline.hget(self._keys.alert(alert.id), "summary")
            version, known, summary = pipeline.execute()
        taken = None if known is None else Acknowledgement.model_validate_json(known)
        kept = None if summary is None else AlertSummary.model_validate_json(summary)
        return PeopleActs(
            self._refresh(version, now).find_hold(label_alert(alert), since, now),
            select_holding(taken, alert, now),
            None if kept is None else kept.raised_at,
        )

    def _refresh(self, version: bytes | None, now: datetime) -> SilenceBook:
        with self._lock:
            if version != self._version:
                # read after its version, so that it is as new, or newer and soon read again
                self._book = SilenceBook.compile(self._silences.list_needed(now))
                self._version = version
            return self._book
