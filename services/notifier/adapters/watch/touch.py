"""Has jobs decided again, since something that people did may change the decision."""

from collections.abc import Callable, Sequence
from datetime import datetime

from redis import Redis
from redis.client import Pipeline

from schemas.acknowledgement import Acknowledgement
from schemas.silence import Silence
from services.notifier.adapters.redis_groups import ScriptArgs
from services.notifier.adapters.watch.archive import RedisArchive
from services.notifier.adapters.watch.watch_keys import WatchKeys
from services.notifier.adapters.watch.watch_scripts import TOUCH_ALERT, TOUCH_WAITING
from services.notifier.domain import codec
from services.notifier.domain.urgency import NEXT_REVISION, Lane


class JobToucher:
    """Adds to the transaction that stores a silence or an acknowledgement."""

    def __init__(
        self,
        redis: Redis,
        keys: WatchKeys,
        receivers: Sequence[str],
        clock: Callable[[], datetime],
    ) -> None:
        self._redis = redis
        self._keys = keys
        self._receivers = receivers
        self._clock = clock
        self._archive = RedisArchive(redis, keys)
        self._waiting = redis.register_script(TOUCH_WAITING)
        self._alert = redis.register_script(TOUCH_ALERT)

    def touch_waiting(self, pipeline: Pipeline, silence: Silence) -> None:
        """Every job that waits at any receiver: the silence may hide it no longer."""
        del silence
        log, now = self._keys.log, codec.encode_time(self._clock())
        for receiver in self._receivers:
            args: ScriptArgs = [now, log.job(receiver), log.lease(receiver)]
            self._waiting([log.due(receiver)], args, pipeline)

    def touch_alert(self, pipeline: Pipeline, known: Acknowledgement) -> None:
        """The alert, at every receiver that has it."""
        job = self._archive.find_job(known.alert)
        if job is None:
            return
        log = self._keys.log
        args: ScriptArgs = [
            codec.encode_time(self._clock()),
            job.alert.revision,
            job.raw,
            codec.encode_origin(job),
            int(NEXT_REVISION.priority),
            str(NEXT_REVISION.lane),
        ]
        for receiver, subject in zip(self._receivers, self._find_subjects(known), strict=True):
            lanes = [log.ready(receiver, lane) for lane in Lane]
            names = (log.job, log.lease, log.log)
            own = [name(receiver, subject) for name in names]
            self._alert([log.due(receiver), *lanes, *own], [subject, *args], pipeline)

    def _find_subjects(self, known: Acknowledgement) -> list[str]:
        """What shows the alert at each receiver: its own message, or that of its group."""
        log = self._keys.log
        stored = self._redis.mget([log.pointer(each, known.alert) for each in self._receivers])
        groups = [group.decode() if isinstance(group, bytes) else group for group in stored]
        return [group or known.alert for group in groups]
