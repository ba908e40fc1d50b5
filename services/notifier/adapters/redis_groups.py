"""Groups of alerts on Redis: which alerts are in one, and what a step of it changed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from redis import Redis
from redis.commands.core import Script

from schemas.alert import Alert, Status
from schemas.ledger import Entry
from services.notifier.adapters.keys import Keys
from services.notifier.domain import codec
from services.notifier.domain.entry import KEPT_AFTER_END, has_ended
from services.notifier.domain.grouping.group import AlertGroup, GroupMember, is_urgent_alert
from services.notifier.domain.placement import Placer, choose_group
from services.notifier.domain.ports import Claim, Job, MemberUpdate, Settlement
from services.notifier.domain.urgency import Lane, judge_urgency

Queued = tuple[str, Job]
ScriptArgs = list[str | bytes | int]


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """The log's entry about an alert at a receiver, and the group that it is in, if any."""

    entry: Entry | None
    group: str | None


@dataclass(frozen=True, slots=True)
class RedisGroups:
    """Reads and queues groups; `place` says which one an alert begins."""

    redis: Redis
    keys: Keys
    place: Placer

    def read(self, queued: Sequence[Queued]) -> list[StoredEntry]:
        """What is stored about the alert of each job, at its receiver."""
        if not queued:
            return []
        logs = [self.keys.log(receiver, job.alert.id) for receiver, job in queued]
        pointers = [self.keys.pointer(receiver, job.alert.id) for receiver, job in queued]
        stored = self.redis.mget([*logs, *pointers])
        half = len(queued)
        return [
            StoredEntry(codec.decode_entry(raw), _decode_text(group))
            for raw, group in zip(stored[:half], stored[half:], strict=True)
        ]

    def find_group(self, receiver: str, job: Job, stored: StoredEntry, now: datetime) -> str | None:
        """The group that the job joins; None: the alert is notified by itself.

        An alert stays where it was first shown.
        """
        return choose_group(
            stored.entry, stored.group, lambda: self.place(job.alert, receiver, now)
        )

    def join_args(
        self, receiver: str, job: Job, stored: StoredEntry, group: str, now: datetime
    ) -> tuple[list[str], ScriptArgs]:
        """Keys and arguments of the scripts that add an alert to its group, without their guard."""
        keys, alert = self.keys, job.alert
        urgency = judge_urgency(stored.entry or Entry(), alert)
        slim = alert.model_copy(update={"evidence": ()})
        names = [
            keys.job(receiver, group),
            keys.members(receiver, group),
            keys.group(receiver, group),
            keys.pointer(receiver, alert.id),
            keys.members(receiver, stored.group or group),
        ]
        return [*queue_keys(keys, receiver), *names], [
            alert.id,
            alert.revision,
            job.raw,
            codec.encode_origin(job),
            codec.encode_time(now),
            int(urgency.priority),
            str(urgency.lane),
            slim.model_dump_json(exclude_defaults=True),
            group,
            int(is_urgent_alert(alert, stored.entry or Entry())),
        ]

    def load(self, claim: Claim, group: str) -> Claim:
        """The claim with the members of the group; those that come later count as changes."""
        state = self.keys.group(claim.receiver, group)
        with self.redis.pipeline(transaction=True) as pipeline:
            pipeline.hmget(state, "since", "changes")
            pipeline.hgetall(self.keys.members(claim.receiver, group))
            pipeline.hdel(self.keys.job(claim.receiver, group), "fresh")
            (since, changes), members, _ = pipeline.execute()
        names = [self.keys.log(claim.receiver, identity.decode()) for identity in members]
        entries = self.redis.mget(names) if names else []
        read = tuple(
            _decode_member(value, raw) for value, raw in zip(members.values(), entries, strict=True)
        )
        began = codec.decode_time(since) if since else claim.since
        loaded = AlertGroup(group, began, int(changes or 0), claim.alert, read)
        revision = claim.entry.revision + 1
        stand_in = claim.alert.model_copy(update={"id": group, "revision": revision})
        return replace(claim, job=replace(claim.job, alert=stand_in), group=loaded)

    def settle(
        self,
        script: Script,
        claim: Claim,
        settlement: Settlement,
        now: datetime,
        records: Iterable[str],
    ) -> Any:
        """Run the script that ends a step."""
        keys, receiver, group = self.keys, claim.receiver, claim.alert.id
        names = [
            keys.lease(receiver, group),
            keys.log(receiver, group),
            keys.job(receiver, group),
            *queue_keys(keys, receiver),
            keys.outbox,
            keys.members(receiver, group),
            keys.group(receiver, group),
        ]
        members = [field for update in settlement.members for field in _encode_update(update)]
        prefixes = [keys.log(receiver), keys.pointer(receiver)]
        head = _encode_settlement(claim, settlement, now)
        return script(names, [*head, *prefixes, len(settlement.members), *members, *records])


def queue_keys(keys: Keys, receiver: str) -> list[str]:
    """The sorted sets of a receiver's queue."""
    return [keys.due(receiver), *(keys.ready(receiver, lane) for lane in Lane)]


def _encode_settlement(claim: Claim, settlement: Settlement, now: datetime) -> ScriptArgs:
    entry, until, since = settlement.entry, settlement.until, settlement.since
    is_closed = entry is not None and entry.status is not Status.FIRING
    return [
        claim.token,
        "" if entry is None else codec.encode_entry(entry),
        codec.encode_span(KEPT_AFTER_END) if is_closed else 0,
        claim.alert.id,
        codec.encode_time(now),
        0 if until is None else codec.encode_time(until),
        claim.group.changes if claim.group else 0,
        "" if since is None else codec.encode_time(since),
        int(settlement.is_timer),
        int(settlement.is_idle),
        settlement.attempts,
        int(entry is not None),
    ]


def _encode_update(update: MemberUpdate) -> ScriptArgs:
    entry, alert = update.entry, update.alert
    return [
        alert.id,
        alert.revision,
        "" if entry is None else codec.encode_entry(entry),
        codec.encode_span(KEPT_AFTER_END) if has_ended(alert) else 0,
        int(update.leaves),
    ]


def _decode_text(raw: bytes | str | None) -> str | None:
    return raw.decode() if isinstance(raw, bytes) else raw


def _decode_member(stored: bytes, entry: bytes | str | None) -> GroupMember:
    _revision, at, raw = stored.split(b" ", 2)
    alert = Alert.model_validate_json(raw)
    return GroupMember(alert, codec.decode_entry(entry) or Entry(), codec.decode_time(at))
