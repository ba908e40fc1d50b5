"""The queue and the notification log on Redis."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import uuid4

from redis import Redis

from schemas.alert import Alert
from schemas.ledger import Entry
from services.notifier.adapters import group_scripts, scripts
from services.notifier.adapters.keys import Keys
from services.notifier.adapters.redis_groups import RedisGroups, ScriptArgs, queue_keys
from services.notifier.domain import codec
from services.notifier.domain.entry import KEPT_AFTER_END, has_ended
from services.notifier.domain.errors import LeaseLost, LogLost
from services.notifier.domain.placement import Placer, is_group, place_nowhere
from services.notifier.domain.ports import Claim, Delay, Job, OutboxRecord, Settlement
from services.notifier.domain.urgency import (
    ALL_LANES,
    NEXT_REVISION,
    Lane,
    Priority,
    Urgency,
    judge_urgency,
)

NOT_COMPLETE = -1
SCORE_STEP = 10**13
"""Between the scores of two priorities; milliseconds since 1970 are below it."""


class RedisLog:
    """Implements NotificationLog; a lease lasts for `hold`.

    Raises redis.RedisError when Redis cannot be used.
    """

    def __init__(
        self, redis: Redis, keys: Keys, hold: timedelta, place: Placer = place_nowhere
    ) -> None:
        self._redis = redis
        self._keys = keys
        self._groups = RedisGroups(redis, keys, place)
        self._hold_ms = codec.encode_span(hold)
        self._put = redis.register_script(scripts.PUT)
        self._join = redis.register_script(group_scripts.JOIN)
        self._settle = redis.register_script(group_scripts.SETTLE)
        self._claim = redis.register_script(scripts.CLAIM)
        self._write = redis.register_script(scripts.WRITE)
        self._finish = redis.register_script(scripts.FINISH)
        self._defer = redis.register_script(scripts.DEFER)

    def epoch(self) -> str | None:
        """The completion of the log, which holds its time."""
        completion = self._redis.get(self._keys.completion)
        return None if completion is None else str(completion)

    def put(self, jobs: Iterable[Job], receivers: Iterable[str], now: datetime) -> None:
        """Queue each job for each receiver, all or none, and on disk at once."""
        names = tuple(receivers)
        queued = [(name, job) for job in jobs for name in names]
        if not queued:
            return
        with self._redis.pipeline(transaction=True) as pipeline:
            for (name, job), stored in zip(queued, self._groups.read(queued), strict=True):
                group = self._groups.find_group(name, job, stored, now)
                if group is None:
                    keys, args = queue_args(self._keys, name, job, stored.entry, now)
                    record = codec.encode_record(codec.encode_superseding(job, name, now))
                    self._put([self._keys.completion, *keys], ["", *args, record], pipeline)
                else:
                    keys, args = self._groups.join_args(name, job, stored, group, now)
                    self._join([self._keys.completion, *keys], ["", *args], pipeline)
            _require_complete(*pipeline.execute())

    def claim(
        self, receiver: str, now: datetime, lanes: Sequence[Lane] = ALL_LANES
    ) -> Claim | None:
        """Lease the most urgent due job of the lanes."""
        token = uuid4().hex
        prefixes = [self._keys.job(receiver), self._keys.lease(receiver), self._keys.log(receiver)]
        open_lanes = [self._keys.ready(receiver, lane) for lane in lanes]
        keys = [self._keys.completion, *queue_keys(self._keys, receiver), *open_lanes]
        claimed = self._claim(keys, [codec.encode_time(now), self._hold_ms, token, *prefixes])
        _require_complete(claimed)
        if claimed is None:
            return None
        claim, identity = _decode_claim(receiver, token, claimed), claimed[0].decode()
        return self._groups.load(claim, identity) if is_group(identity) else claim

    def write(
        self, claim: Claim, entry: Entry, now: datetime, records: Iterable[OutboxRecord]
    ) -> None:
        """Store the entry and append the records."""
        keys, args = self._claim_args(claim, entry)
        args += [self._hold_ms, codec.encode_time(now)]
        _require_lease(self._write(keys, [*args, *map(codec.encode_record, records)]))

    def finish(
        self, claim: Claim, entry: Entry | None, now: datetime, records: Iterable[OutboxRecord]
    ) -> None:
        """Store the entry, append the records and take the job off the queue."""
        keys, args = self._claim_args(claim, entry)
        args += [codec.encode_time(now), *_urgency_args(NEXT_REVISION)]
        _require_lease(self._finish(keys, [*args, *map(codec.encode_record, records)]))

    def defer(self, claim: Claim, delay: Delay, records: Iterable[OutboxRecord]) -> None:
        """Make the job due at its time."""
        keys, args = self._claim_args(claim, delay.entry)
        urgency = judge_urgency(delay.entry or claim.entry, claim.alert)
        args += [codec.encode_time(delay.until), delay.attempts, *_urgency_args(urgency)]
        args += [int(delay.is_idle), int(delay.is_held)]
        _require_lease(self._defer(keys, [*args, *map(codec.encode_record, records)]))

    def settle(
        self, claim: Claim, settlement: Settlement, now: datetime, records: Iterable[OutboxRecord]
    ) -> None:
        """Store what changed and make the group due again."""
        lines = map(codec.encode_record, records)
        _require_lease(self._groups.settle(self._settle, claim, settlement, now, lines))

    def depth(self, receiver: str) -> int:
        """How many jobs are queued."""
        return sum(int(self._redis.zcard(key)) for key in queue_keys(self._keys, receiver))

    def list_oldest(self, receiver: str) -> dict[Priority, datetime]:
        """When the oldest due job of each priority was queued."""
        asked = [(priority, lane) for priority in Priority for lane in ALL_LANES]
        with self._redis.pipeline(transaction=False) as pipeline:
            for priority, lane in asked:
                bounds = priority * SCORE_STEP, f"({(priority + 1) * SCORE_STEP}"
                key = self._keys.ready(receiver, lane)
                pipeline.zrangebyscore(key, *bounds, start=0, num=1, withscores=True)
            heads = pipeline.execute()
        oldest: dict[Priority, datetime] = {}
        for (priority, _), found in zip(asked, heads, strict=True):
            for _, score in found:
                since = codec.decode_time(int(score) - priority * SCORE_STEP)
                oldest[priority] = min(since, oldest.get(priority, since))
        return oldest

    def _claim_args(self, claim: Claim, entry: Entry | None) -> tuple[list[str], ScriptArgs]:
        """The keys and first arguments of every script that needs the claim."""
        receiver, alert = claim.receiver, claim.alert
        keys = [
            self._keys.lease(receiver, alert.id),
            self._keys.log(receiver, alert.id),
            self._keys.job(receiver, alert.id),
            *queue_keys(self._keys, receiver),
            self._keys.outbox,
        ]
        stored = "" if entry is None else codec.encode_entry(entry)
        return keys, [claim.token, stored, _kept_ms(alert), alert.id, alert.revision]


def read_entries(redis: Redis, keys: Keys, queued: Iterable[tuple[str, Job]]) -> list[Entry | None]:
    """The log's present entries about these jobs, each at its receiver."""
    names = [keys.log(receiver, job.alert.id) for receiver, job in queued]
    return [codec.decode_entry(raw) for raw in redis.mget(names)] if names else []


def queue_args(
    keys: Keys, receiver: str, job: Job, entry: Entry | None, now: datetime
) -> tuple[list[str], ScriptArgs]:
    """Keys and arguments of the scripts that queue `job`, without their guard."""
    alert = job.alert
    names = [keys.job(receiver, alert.id), keys.lease(receiver, alert.id), keys.outbox]
    position = codec.encode_origin(job)
    urgency = _urgency_args(judge_urgency(entry or Entry(), alert))
    return [*queue_keys(keys, receiver), *names], [
        alert.id,
        alert.revision,
        job.raw,
        position,
        codec.encode_time(now),
        *urgency,
    ]


def _urgency_args(urgency: Urgency) -> ScriptArgs:
    return [int(urgency.priority), str(urgency.lane)]


def _decode_claim(receiver: str, token: str, claimed: list[bytes]) -> Claim:
    _alert_id, raw, position, since, attempts, entry, held = claimed
    return Claim(
        job=codec.decode_job(raw, position),
        receiver=receiver,
        token=token,
        since=codec.decode_time(since),
        entry=codec.decode_entry(entry) or Entry(),
        attempts=int(attempts),
        is_held=held == b"1",
    )


def _require_complete(*answers: object) -> None:
    if NOT_COMPLETE in answers:
        raise LogLost("the notification log is not complete")


def _require_lease(answer: int) -> None:
    if answer != 1:
        raise LeaseLost("another notifier took the alert over")


def _kept_ms(alert: Alert) -> int:
    return codec.encode_span(KEPT_AFTER_END) if has_ended(alert) else 0
