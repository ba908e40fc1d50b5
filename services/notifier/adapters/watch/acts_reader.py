"""Reads from Redis what people did, for each decision."""

import threading
from collections.abc import Sequence
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
from services.notifier.domain.watch.silences.hiding import SilenceBook, SilenceHold


class RedisActsReader:
    """One round trip for all alerts of a decision; silences are read again when one has changed.

    Raises redis.RedisError when Redis cannot be used. Threads may share it.
    """

    def __init__(self, redis: Redis, keys: WatchKeys, silences: RedisRecords[Silence]) -> None:
        self._redis = redis
        self._keys = keys
        self._silences = silences
        self._book = SilenceBook()
        self._version: bytes | None = None
        self._lock = threading.Lock()

    def __call__(self, asked: Sequence[tuple[Alert, datetime]], now: datetime) -> list[PeopleActs]:
        """What people did about each alert."""
        with self._redis.pipeline(transaction=False) as pipeline:
            pipeline.get(self._keys.version("silence"))
            for alert, _ in asked:
                pipeline.get(self._keys.record("acknowledgement", alert.id))
                pipeline.hget(self._keys.alert(alert.id), "summary")
            version, *stored = pipeline.execute()
        book = self._refresh(version, now)
        pairs = zip(asked, stored[::2], stored[1::2], strict=True)
        return [
            _build_acts(alert, book.find_hold(label_alert(alert), since, now), kept, now)
            for (alert, since), *kept in pairs
        ]

    def _refresh(self, version: bytes | None, now: datetime) -> SilenceBook:
        with self._lock:
            if version != self._version:
                # read after its version, so that it is as new, or newer and soon read again
                self._book = SilenceBook.compile(self._silences.list_needed(now))
                self._version = version
            return self._book


def _build_acts(
    alert: Alert, hold: SilenceHold | None, stored: Sequence[bytes | None], now: datetime
) -> PeopleActs:
    known, summary = stored
    taken = None if known is None else Acknowledgement.model_validate_json(known)
    kept = None if summary is None else AlertSummary.model_validate_json(summary)
    return PeopleActs(
        hold,
        select_holding(taken, alert, now),
        None if kept is None else kept.raised_at,
        None if taken is None else taken.ended_by,
    )
