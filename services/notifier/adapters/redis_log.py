"""The queue and the notification log on Redis."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from redis import Redis

from schemas.alert import Alert
from schemas.ledger import Entry
from services.notifier.adapters import scripts
from services.notifier.adapters.keys import Keys
from services.notifier.adapters.letter_json import to_json
from services.notifier.domain.entry import KEPT_AFTER_END, has_ended
from services.notifier.domain.errors import LeaseLost, LogLost
from services.notifier.domain.letters import superseding_record
from services.notifier.domain.ports import AlertPosition, Claim, Delay, Job, OutboxRecord

Words = list[str | bytes | int]

NO_MARK = -1


class RedisLog:
    """Implements NotificationLog; `hold` is how long a lease lasts.

    Raises redis.RedisError when Redis cannot be used.
    """

    def __init__(self, redis: Redis, keys: Keys, hold: timedelta) -> None:
        self._redis = redis
        self._keys = keys
        self._hold_ms = to_ms(hold)
        self._put = redis.register_script(scripts.PUT)
        self._claim = redis.register_script(scripts.CLAIM)
        self._write = redis.register_script(scripts.WRITE)
        self._done = redis.register_script(scripts.DONE)
        self._later = redis.register_script(scripts.LATER)

    def epoch(self) -> str | None:
        """The mark of a complete log, which tells when it was completed."""
        mark = self._redis.get(self._keys.mark)
        return None if mark is None else str(mark)

    def put(self, jobs: Iterable[Job], receivers: Iterable[str], now: datetime) -> None:
        """Queue each job for each receiver."""
        names = tuple(receivers)
        with self._redis.pipeline(transaction=False) as pipeline:
            for job in jobs:
                for name in names:
                    keys, words = put_words(self._keys, name, job, now)
                    self._put([self._keys.mark, *keys], ["", *words], pipeline)
            _complete(*pipeline.execute())

    def claim(self, receiver: str, now: datetime) -> Claim | None:
        """Take the lease on a due job."""
        token = uuid4().hex
        prefixes = [self._keys.job(receiver), self._keys.lease(receiver), self._keys.log(receiver)]
        keys = [self._keys.mark, self._keys.due(receiver)]
        found = self._claim(keys, [epoch_ms(now), self._hold_ms, token, *prefixes])
        _complete(found)
        return None if found is None else _claimed(receiver, token, found)

    def write(
        self, claim: Claim, entry: Entry, now: datetime, letters: Iterable[OutboxRecord]
    ) -> None:
        """Put `entry` into the log and `letters` into the outbox."""
        keys = [*self._own(claim, "lease", "log", "due"), self._keys.outbox]
        kept: Words = [entry.model_dump_json(), _kept_ms(claim.alert), claim.alert.id]
        lease: Words = [self._hold_ms, epoch_ms(now)]
        _hold(self._write(keys, [claim.token, *kept, *lease, *map(to_json, letters)]))

    def done(self, claim: Claim, now: datetime, letters: Iterable[OutboxRecord] = ()) -> None:
        """Take the job off the queue."""
        keys = [*self._own(claim, "lease", "job", "due"), self._keys.outbox]
        job: Words = [claim.alert.id, claim.alert.revision, epoch_ms(now)]
        _hold(self._done(keys, [claim.token, *job, *map(to_json, letters)]))

    def later(self, claim: Claim, delay: Delay, letters: Iterable[OutboxRecord]) -> None:
        """Make the job due at its time."""
        alert, entry = claim.alert, delay.entry
        said = "" if entry is None else entry.model_dump_json()
        kept: Words = [said, _kept_ms(alert), alert.id, alert.revision]
        when: Words = [epoch_ms(delay.until), delay.attempts]
        keys = [*self._own(claim, "lease", "log", "due", "job"), self._keys.outbox]
        _hold(self._later(keys, [claim.token, *kept, *when, *map(to_json, letters)]))

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


def put_words(keys: Keys, receiver: str, job: Job, now: datetime) -> tuple[list[str], Words]:
    """Keys and arguments of the script that queues `job`, but for what guards it."""
    identity = job.alert.id
    named = [keys.due(receiver), keys.job(receiver, identity), keys.lease(receiver, identity)]
    letter = to_json(superseding_record(job, receiver, now))
    origin = job.origin.model_dump_json()
    words: Words = [identity, job.alert.revision, job.raw, origin, epoch_ms(now), letter]
    return [*named, keys.outbox], words


def _claimed(receiver: str, token: str, found: list[bytes]) -> Claim:
    _identity, raw, origin, since, attempts, entry = found
    job = Job(Alert.model_validate_json(raw), raw, AlertPosition.model_validate_json(origin))
    return Claim(
        job=job,
        receiver=receiver,
        token=token,
        since=datetime.fromtimestamp(int(since) / 1000, UTC),
        entry=Entry.model_validate_json(entry) if entry else Entry(),
        attempts=int(attempts),
    )


def _complete(*answers: object) -> None:
    if NO_MARK in answers:
        raise LogLost("the notification log is not complete")


def _hold(answer: int) -> None:
    if answer != 1:
        raise LeaseLost("another notifier took the alert over")


def _kept_ms(alert: Alert) -> int:
    return to_ms(KEPT_AFTER_END) if has_ended(alert) else 0


def epoch_ms(moment: datetime) -> int:
    """Milliseconds since 1970, as the scores of the queue."""
    return int(moment.timestamp() * 1000)


def to_ms(span: timedelta) -> int:
    """Whole milliseconds."""
    return int(span / timedelta(milliseconds=1))
