"""The queue and the notification log on Redis."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from redis import Redis

from schemas.alert import Alert
from services.notifier.adapters import scripts
from services.notifier.adapters.keys import Keys
from services.notifier.adapters.letter_json import to_json
from services.notifier.domain.entry import KEPT_AFTER_END, Entry, has_ended
from services.notifier.domain.errors import LeaseLost
from services.notifier.domain.ports import Claim, Job, Letter, Origin

Words = list[str | int]


class RedisLog:
    """Implements NotificationLog; `hold` is how long a lease lasts.

    Raises redis.RedisError when Redis cannot be used.
    """

    def __init__(self, redis: Redis, keys: Keys, hold: timedelta) -> None:
        self._redis = redis
        self._keys = keys
        self._hold_ms = _ms(hold)
        self._put = redis.register_script(scripts.PUT)
        self._claim = redis.register_script(scripts.CLAIM)
        self._write = redis.register_script(scripts.WRITE)
        self._done = redis.register_script(scripts.DONE)
        self._later = redis.register_script(scripts.LATER)

    def put(self, jobs: Iterable[Job], receivers: Iterable[str], now: datetime) -> None:
        """Queue each job for each receiver."""
        names, at = tuple(receivers), _epoch_ms(now)
        with self._redis.pipeline(transaction=False) as pipeline:
            for job in jobs:
                alert, origin = job.alert, job.origin.model_dump_json()
                for name in names:
                    keys = [self._keys.due(name), self._keys.job(name, alert.id)]
                    self._put(keys, [alert.id, alert.revision, job.raw, origin, at], pipeline)
            pipeline.execute()

    def claim(self, receiver: str, now: datetime) -> Claim | None:
        """Take the lease on a due job."""
        token = uuid4().hex
        prefixes = [self._keys.job(receiver), self._keys.lease(receiver), self._keys.log(receiver)]
        found = self._claim(
            [self._keys.due(receiver)], [_epoch_ms(now), self._hold_ms, token, *prefixes]
        )
        return None if found is None else _claimed(receiver, token, found)

    def write(self, claim: Claim, entry: Entry, now: datetime, letters: Iterable[Letter]) -> None:
        """Put `entry` into the log and `letters` into the outbox."""
        keys = [*self._own(claim, "lease", "log", "due"), self._keys.outbox]
        kept: Words = [entry.model_dump_json(), _kept_ms(claim.alert), claim.alert.id]
        lease: Words = [self._hold_ms, _epoch_ms(now)]
        _hold(self._write(keys, [claim.token, *kept, *lease, *map(to_json, letters)]))

    def done(self, claim: Claim, now: datetime, letters: Iterable[Letter] = ()) -> None:
        """Take the job off the queue."""
        keys = [*self._own(claim, "lease", "job", "due"), self._keys.outbox]
        job: Words = [claim.alert.id, claim.alert.revision, _epoch_ms(now)]
        _hold(self._done(keys, [claim.token, *job, *map(to_json, letters)]))

    def later(self, claim: Claim, entry: Entry | None, until: datetime, attempts: int) -> None:
        """Make the job due at `until`."""
        alert, said = claim.alert, "" if entry is None else entry.model_dump_json()
        kept: Words = [said, _kept_ms(alert), alert.id, alert.revision]
        keys = self._own(claim, "lease", "log", "due", "job")
        _hold(self._later(keys, [claim.token, *kept, _epoch_ms(until), attempts]))

    def depth(self, receiver: str) -> int:
        """How many jobs are queued."""
        return int(self._redis.zcard(self._keys.due(receiver)))

    def _own(self, claim: Claim, *names: str) -> list[str]:
        receiver, alert = claim.receiver, claim.alert.id
        every = {
            "due": self._keys.due(receiver),
            "job": self._keys.job(receiver, alert),
            "lease": self._keys.lease(receiver, alert),
            "log": self._keys.log(receiver, alert),
        }
        return [every[name] for name in names]


def _claimed(receiver: str, token: str, found: list[bytes]) -> Claim:
    _identity, raw, origin, since, attempts, entry = found
    job = Job(Alert.model_validate_json(raw), raw, Origin.model_validate_json(origin))
    return Claim(
        job=job,
        receiver=receiver,
        token=token,
        since=datetime.fromtimestamp(int(since) / 1000, UTC),
        entry=Entry.model_validate_json(entry) if entry else Entry(),
        attempts=int(attempts),
    )


def _hold(answer: int) -> None:
    if answer != 1:
        raise LeaseLost("another notifier took the alert over")


def _kept_ms(alert: Alert) -> int:
    return _ms(KEPT_AFTER_END) if has_ended(alert) else 0


def _epoch_ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _ms(span: timedelta) -> int:
    return int(span / timedelta(milliseconds=1))
