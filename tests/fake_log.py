"""The notification log in memory, as its port promises."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from schemas.alert import Alert
from schemas.ledger import Entry
from services.notifier.domain.codec import encode_superseding
from services.notifier.domain.errors import LeaseLost, LogLost
from services.notifier.domain.grouping.group import AlertGroup, GroupMember, is_urgent_alert
from services.notifier.domain.placement import Placer, choose_group, place_nowhere
from services.notifier.domain.ports import Claim, Delay, Job, MemberUpdate, OutboxRecord, Settlement
from services.notifier.domain.rebuild_ports import Completion
from services.notifier.domain.urgency import (
    ALL_LANES,
    NEXT_REVISION,
    Lane,
    Priority,
    Urgency,
    judge_urgency,
)
from tests.fakes import NEW_YEAR, FakeClock

NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass
class _Queued:
    job: Job
    since: datetime
    due: datetime
    urgency: Urgency
    attempts: int = 0
    is_idle: bool = False
    is_held: bool = False


@dataclass
class _Group:
    """A group: since when, how many revisions came, until when others wait, and its alerts."""

    since: datetime
    changes: int = 0
    flush_at: datetime = NEVER
    members: dict[str, tuple[Alert, datetime]] = field(default_factory=dict)


@dataclass
class FakeLog:
    """The queue and the log in memory, to be lost and rebuilt; `hold` is how long a lease lasts."""

    clock: FakeClock
    hold: timedelta = timedelta(seconds=30)
    completion: Completion | None = field(default_factory=lambda: Completion(NEW_YEAR, gap=False))
    rebuilt_by: str | None = None
    records: list[OutboxRecord] = field(default_factory=list)
    entries: dict[tuple[str, str], Entry] = field(default_factory=dict)
    queue: dict[tuple[str, str], _Queued] = field(default_factory=dict)
    leases: dict[tuple[str, str], tuple[str, datetime]] = field(default_factory=dict)
    tokens: int = 0
    steps: list[str] = field(default_factory=list)
    place: Placer = place_nowhere
    groups: dict[tuple[str, str], _Group] = field(default_factory=dict)
    pointers: dict[tuple[str, str], str] = field(default_factory=dict)

    def lose_all(self) -> None:
        """As a Redis that starts without its file."""
        self.completion = self.rebuilt_by = None
        kept = (self.records, self.entries, self.queue, self.leases, self.groups, self.pointers)
        for held in kept:
            held.clear()

    def epoch(self) -> str | None:
        return None if self.completion is None else str(self.completion.at)

    def put(self, jobs: Iterable[Job], receivers: Iterable[str], now: datetime) -> None:
        self._require_complete()
        names = tuple(receivers)
        for job in jobs:
            for name in names:
                key = (name, job.alert.id)
                group = self.find_group(key, job.alert, now)
                if group is not None:
                    self.join((name, group), job, now)
                    continue
                if key in self.queue and not self._is_leased(key) and self._replaces(key, job):
                    self.records.append(encode_superseding(job, name, now))
                self.queue_up(key, job, now)

    def claim(
        self, receiver: str, now: datetime, lanes: Sequence[Lane] = ALL_LANES
    ) -> Claim | None:
        self._require_complete()
        due = [
            key
            for key, job in self.queue.items()
            if key[0] == receiver and job.due <= now and job.urgency.lane in lanes
        ]
        for key in sorted(due, key=self._rank):
            if not self._is_leased(key):
                return self._lease(key)
        return None

    def write(
        self, claim: Claim, entry: Entry, now: datetime, records: Iterable[OutboxRecord]
    ) -> None:
        key = self._require_lease(claim)
        self.steps.append("write")
        self.entries[key] = entry
        self.records += records
        self.leases[key] = (claim.token, now + self.hold)

    def finish(
        self, claim: Claim, entry: Entry | None, now: datetime, records: Iterable[OutboxRecord]
    ) -> None:
        key = self._require_lease(claim)
        self.steps.append("finish")
        if self._is_newer(key, claim):
            self.queue[key] = replace(
                self.queue[key], due=now, since=now, urgency=NEXT_REVISION, attempts=0
            )
        else:
            del self.queue[key]
        self._give_back(key, entry, records)

    def defer(self, claim: Claim, delay: Delay, records: Iterable[OutboxRecord]) -> None:
        key = self._require_lease(claim)
        self.steps.append("defer")
        is_held = self.queue[key].is_held or delay.is_held
        queued = replace(self.queue[key], attempts=delay.attempts, is_held=is_held)
        if self._is_newer(key, claim):
            self.queue[key] = replace(queued, due=self.clock())
        else:
            urgency = judge_urgency(delay.entry or claim.entry, claim.alert)
            since = delay.until if delay.is_idle else queued.since
            self.queue[key] = replace(
                queued, due=delay.until, urgency=urgency, since=since, is_idle=delay.is_idle
            )
        self._give_back(key, delay.entry, records)

    def find_group(self, key: tuple[str, str], shown: Alert, now: datetime) -> str | None:
        """Where the alert is, or else is to be."""
        entry = self.entries.get(key)
        return choose_group(entry, self.pointers.get(key), lambda: self.place(shown, key[0], now))

    def join(self, key: tuple[str, str], job: Job, now: datetime) -> None:
        """Add the alert to the group."""
        group, shown = self.groups.setdefault(key, _Group(now)), job.alert
        known = group.members.get(shown.id)
        if known is not None and known[0].revision >= shown.revision:
            return
        left = self.pointers.get((key[0], shown.id), key[1])
        if left != key[1]:
            del self.groups[key[0], left].members[shown.id]
        group.members[shown.id] = (shown.model_copy(update={"evidence": ()}), now)
        group.changes += 1
        self.pointers[key[0], shown.id] = key[1]
        entry = self.entries.get((key[0], shown.id), Entry())
        waits = group.flush_at > now and key in self.queue and not is_urgent_alert(shown, entry)
        urgency, queued = judge_urgency(entry, shown), self.queue.get(key)
        if queued is None or queued.is_idle:
            self.queue[key] = _Queued(job, now, now, urgency)
        else:
            due = queued.due if waits else now
            first = min(queued.urgency, urgency, key=lambda each: each.priority)
            self.queue[key] = replace(queued, job=job, due=due, urgency=first)

    def _load(self, claim: Claim, key: tuple[str, str]) -> Claim:
        group, latest = self.groups[key], claim.alert
        members = tuple(
            GroupMember(shown, self.entries.get((key[0], shown.id), Entry()), at)
            for shown, at in group.members.values()
        )
        revision = claim.entry.revision + 1
        stand_in = latest.model_copy(update={"id": key[1], "revision": revision})
        loaded = AlertGroup(key[1], group.since, group.changes, latest, members)
        return replace(claim, job=replace(claim.job, alert=stand_in), group=loaded)

    def settle(
        self, claim: Claim, settlement: Settlement, now: datetime, records: Iterable[OutboxRecord]
    ) -> None:
        key = self._require_lease(claim)
        self.steps.append("settle")
        group = self.groups[key]
        for update in settlement.members:
            self._update_member(key, update)
        group.since, group.flush_at = settlement.since or group.since, NEVER
        if claim.group is not None and group.changes > claim.group.changes:
            self.queue[key] = replace(self.queue[key], due=now, attempts=0)
        elif not group.members or settlement.until is None:
            del self.queue[key]
        else:
            self._make_due(key, settlement, settlement.until)
        if not group.members:
            del self.groups[key]
        self._give_back(key, settlement.entry, records)

    def _update_member(self, key: tuple[str, str], update: MemberUpdate) -> None:
        member, group = (key[0], update.alert.id), self.groups[key]
        if update.entry is not None:
            self.entries[member] = update.entry
        shown, _ = group.members[update.alert.id]
        if update.leaves and shown.revision <= update.alert.revision:
            del group.members[update.alert.id], self.pointers[member]

    def _make_due(self, key: tuple[str, str], settlement: Settlement, until: datetime) -> None:
        queued, is_idle = self.queue[key], settlement.is_idle
        since = until if is_idle else queued.since
        self.queue[key] = replace(
            queued, due=until, since=since, is_idle=is_idle, attempts=settlement.attempts
        )
        if settlement.is_timer:
            self.groups[key].flush_at = until

    def depth(self, receiver: str) -> int:
        return sum(key[0] == receiver for key in self.queue)

    def queue_up(self, key: tuple[str, str], job: Job, now: datetime) -> None:
        queued = self.queue.get(key)
        urgency = judge_urgency(self.entries.get(key, Entry()), job.alert)
        if queued is None:
            self.queue[key] = _Queued(job, now, now, urgency)
        elif self._replaces(key, job):
            since = now if queued.is_idle else queued.since
            self.queue[key] = _Queued(job, since, now, urgency, queued.attempts)

    def list_oldest(self, receiver: str) -> dict[Priority, datetime]:
        oldest: dict[Priority, datetime] = {}
        for (name, _), queued in self.queue.items():
            if name == receiver and queued.due <= self.clock():
                priority = queued.urgency.priority
                oldest[priority] = min(queued.since, oldest.get(priority, queued.since))
        return oldest

    def _rank(self, key: tuple[str, str]) -> tuple[int, datetime]:
        return self.queue[key].urgency.priority, self.queue[key].since

    def _replaces(self, key: tuple[str, str], job: Job) -> bool:
        return self.queue[key].job.alert.revision < job.alert.revision

    def _require_complete(self) -> None:
        if self.completion is None:
            raise LogLost("the log is not complete")

    def _lease(self, key: tuple[str, str]) -> Claim:
        self.tokens += 1
        self.leases[key] = (f"t{self.tokens}", self.clock() + self.hold)
        queued = self.queue[key]
        entry = self.entries.get(key, Entry())
        claim = Claim(queued.job, key[0], f"t{self.tokens}", queued.since, entry, queued.attempts)
        claim = replace(claim, is_held=queued.is_held)
        return self._load(claim, key) if key in self.groups else claim

    def _is_leased(self, key: tuple[str, str]) -> bool:
        return key in self.leases and self.leases[key][1] > self.clock()

    def _require_lease(self, claim: Claim) -> tuple[str, str]:
        key = (claim.receiver, claim.alert.id)
        if not self._is_leased(key) or self.leases[key][0] != claim.token:
            raise LeaseLost("the lease has ended")
        return key

    def _give_back(
        self, key: tuple[str, str], entry: Entry | None, records: Iterable[OutboxRecord]
    ) -> None:
        if entry is not None:
            self.entries[key] = entry
        self.records += records
        del self.leases[key]

    def _is_newer(self, key: tuple[str, str], claim: Claim) -> bool:
        if claim.group is not None:
            return False
        return self.queue[key].job.alert.revision > claim.alert.revision
