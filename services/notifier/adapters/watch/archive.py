"""The alerts themselves on Redis, for whoever lists and reads them."""

import zlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from redis import Redis

from schemas.alert import Alert, Status
from services.notifier.adapters.watch.watch_keys import WatchKeys
from services.notifier.adapters.watch.watch_scripts import STORE_ALERT
from services.notifier.domain import codec
from services.notifier.domain.entry import KEPT_AFTER_END, has_ended
from services.notifier.domain.ports import Job
from services.notifier.domain.watch.alert_summary import (
    AlertSummary,
    ArchivedAlert,
    Listed,
    summarize_alert,
)

MOST_ENDED = 20_000
NEW = 2


class RedisArchive:
    """Implements AlertArchive; raises redis.RedisError when Redis cannot be used."""

    def __init__(self, redis: Redis, keys: WatchKeys, most_ended: int = MOST_ENDED) -> None:
        self._redis = redis
        self._keys = keys
        self._most_ended = most_ended
        self._store = redis.register_script(STORE_ALERT)

    def store(self, jobs: Iterable[Job], now: datetime) -> list[Alert]:
        """Keep the newer ones, in one transaction: so Redis syncs its file once."""
        given = list(jobs)
        known = dict(self._read_summaries(dict.fromkeys(job.alert.id for job in given)))
        with self._redis.pipeline(transaction=True) as pipeline:
            for job in given:
                summary = summarize_alert(job.alert, known.get(job.alert.id), now)
                known[job.alert.id] = summary
                keys, args = self._store_args(job, summary)
                self._store(keys, args, pipeline)
            answers = pipeline.execute() if given else []
        return [job.alert for job, answer in zip(given, answers, strict=True) if answer == NEW]

    def find(self, alert_id: str) -> ArchivedAlert | None:
        """The alert with its bytes."""
        read: list[Any] = self._redis.hmget(self._keys.alert(alert_id), "raw", "summary")
        raw, summary = read
        if raw is None or summary is None:
            return None
        alert = Alert.model_validate_json(zlib.decompress(raw))
        return ArchivedAlert(alert, AlertSummary.model_validate_json(summary))

    def find_job(self, alert_id: str) -> Job | None:
        """The alert as it was queued."""
        read: list[Any] = self._redis.hmget(self._keys.alert(alert_id), "raw", "position")
        raw, position = read
        return None if raw is None else codec.decode_job(zlib.decompress(raw), position)

    def find_raised(self, alert_ids: Sequence[str]) -> list[datetime | None]:
        """From the summaries."""
        known = dict(self._read_summaries(alert_ids))
        return [known[each].raised_at if each in known else None for each in alert_ids]

    def list_page(self, statuses: Iterable[Status], before: int | None, most: int) -> list[Listed]:
        """From the sets of the statuses; ids whose alert is forgotten are dropped from them."""
        wanted = set(statuses)
        sets = [self._keys.firing] if Status.FIRING in wanted else []
        sets += [self._keys.ended] if wanted - {Status.FIRING} else []
        places = self._read_places(sets, before, most)
        summaries = dict(self._read_summaries(places))
        self._forget(places.keys() - summaries.keys())
        listed = [Listed(places[each], summaries[each]) for each in places if each in summaries]
        if places and not listed:
            return self.list_page(statuses, before, most)
        return listed

    def _read_places(self, sets: Iterable[str], before: int | None, most: int) -> dict[str, int]:
        """The places of the newest alerts of these sets, the newest first."""
        bound = "+inf" if before is None else f"({before}"
        with self._redis.pipeline(transaction=False) as pipeline:
            for name in sets:
                pipeline.zrevrangebyscore(name, bound, "-inf", 0, most, withscores=True)
            placed = [pair for found in pipeline.execute() for pair in found]
        newest = sorted(placed, key=_place, reverse=True)[:most]
        return {identity.decode(): int(place) for identity, place in newest}

    def _read_summaries(self, alert_ids: Iterable[str]) -> Iterable[tuple[str, AlertSummary]]:
        asked = list(alert_ids)
        with self._redis.pipeline(transaction=False) as pipeline:
            for each in asked:
                pipeline.hget(self._keys.alert(each), "summary")
            read = pipeline.execute() if asked else []
        for each, raw in zip(asked, read, strict=True):
            if raw is not None:
                yield each, AlertSummary.model_validate_json(raw)

    def _forget(self, alert_ids: Iterable[str]) -> None:
        if forgotten := list(alert_ids):
            self._redis.zrem(self._keys.ended, *forgotten)
            self._redis.zrem(self._keys.firing, *forgotten)

    def _store_args(self, job: Job, summary: AlertSummary) -> tuple[list[str], list[Any]]:
        alert, keys = job.alert, self._keys
        return [keys.alert(alert.id), keys.firing, keys.ended, keys.places], [
            alert.id,
            alert.revision,
            zlib.compress(job.raw, 1),
            codec.encode_origin(job),
            summary.model_dump_json(exclude_defaults=True),
            int(has_ended(alert)),
            codec.encode_span(KEPT_AFTER_END),
            self._most_ended,
            keys.alert(),
        ]


def _place(pair: tuple[bytes, float]) -> float:
    return pair[1]
