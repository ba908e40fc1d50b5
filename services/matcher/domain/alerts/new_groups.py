"""New groups: how many a rule and owner have had of late, and which alerts are a storm's."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import msgspec

from schemas.alert import RuleRef
from schemas.model import Model
from schemas.storm import MOST_NEWEST, StormGroup, storm_key
from services.matcher.domain.alerts.episodes import Episode, find_episode
from services.matcher.domain.alerts.render import state_fingerprint
from services.matcher.domain.windows.announced_alerts import AnnouncedAlert
from services.matcher.domain.windows.state import WindowState, micros, span
from services.matcher.domain.windows.stored_value import StoredValue
from services.matcher.domain.windows.window_rule import WindowRule

SPAN = timedelta(minutes=1)
ENDS_AFTER = timedelta(minutes=5)
"""How long a storm goes on without a new group."""


class NewGroups(StoredValue, frozen=True):
    """The new groups of a rule and owner, of one signals partition. Times in microseconds.

    `times`: when the newest were recorded, by fingerprint, one more than are notified singly. Since
    `began`, `count` alerts were marked; `newest` are StormGroups, `rule` their RuleRef, and `sent`
    how many have been sent as news. `offset` is that of the last message applied.
    """

    offset: int = -1
    times: dict[str, int] = msgspec.field(default_factory=dict)
    began: int = 0
    count: int = 0
    sent: int = 0
    newest: tuple[dict[str, Any], ...] = ()
    rule: dict[str, Any] = msgspec.field(default_factory=dict)

    @property
    def last(self) -> int:
        """The newest of the times."""
        return max(self.times.values())

    @property
    def due(self) -> int:
        """The clock time at which news is to be sent, or all is forgotten: no storm needs it."""
        return self.last + (0 if self.count > self.sent else span(ENDS_AFTER + SPAN))

    def add(self, group: str, at: int, limit: int) -> "NewGroups":
        """With a group; a repeat changes nothing."""
        times = {group: at, **self.times}
        kept = sorted(times, key=lambda name: (times[name], name), reverse=True)[: limit + 1]
        return msgspec.structs.replace(self, times={name: times[name] for name in kept})

    def mark(self, group: StormGroup, rule: RuleRef) -> "NewGroups":
        """With a marked alert, unless it has it. After a calm the next one begins a storm anew."""
        if any(known["alert"] == group.alert for known in self.newest):
            return self
        at, last = micros(group.at), max(map(_recorded, self.newest), default=None)
        goes_on = last is not None and at - last < span(ENDS_AFTER)
        before = self if goes_on else msgspec.structs.replace(self, began=at, count=0, sent=0)
        return msgspec.structs.replace(
            before,
            count=before.count + 1,
            newest=(_dump(group), *self.newest)[:MOST_NEWEST],
            rule=_dump(rule),
        )

    def is_past(self, group: str, at: int, limit: int) -> bool:
        """Whether the newest `limit` other groups were recorded in one minute, up to `at` or later.

        Events partitions lag behind one another: a group recorded before the newest is counted with
        them.
        """
        others = sorted((time for name, time in self.times.items() if name != group), reverse=True)
        return len(others) >= limit and others[limit - 1] > max(at, others[0]) - span(SPAN)


def _recorded(group: dict[str, Any]) -> int:
    return micros(StormGroup.model_validate(group).at)


def _dump(model: Model) -> dict[str, Any]:
    return model.model_dump(mode="json", exclude_defaults=True)


@dataclass(frozen=True, slots=True)
class GroupCounts:
    """The new groups known in signals partition `partition`.

    `limit` of a rule and owner are notified singly. `read` gives those of a key, None for none.
    """

    limit: int
    read: Callable[[bytes], NewGroups | None]
    partition: int = 0


Counted = Mapping[bytes, NewGroups]
"""The new groups that changed, by key."""


def mark_storms(
    rule: WindowRule,
    number: int,
    after: WindowState,
    episodes: Sequence[Episode],
    counts: GroupCounts,
) -> tuple[WindowState, Counted]:
    """The state with each of its newest alerts, `number` of them, marked if past its owner's limit.

    An alert with evidence of several owners is neither marked nor counted.
    """
    counted: dict[bytes, NewGroups] = {}

    def mark(alert: AnnouncedAlert) -> AnnouncedAlert:
        episode = find_episode(episodes, alert.start)
        if episode is None or len(episode.owners) != 1:
            return alert
        (owner,) = episode.owners
        # a flood of suspicions marks nothing that words find
        drill, suspected = after.exercise, episode.suspected
        key = storm_key(rule.pack, rule.name, owner, exercise=drill, suspected=suspected)
        groups = counted.get(key) or counts.read(key) or NewGroups()
        group, at = state_fingerprint(rule, after), episode.recorded
        counted[key] = groups.add(group, at, counts.limit)
        is_past = groups.is_past(group, at, counts.limit)
        return msgspec.structs.replace(alert, storm=owner) if is_past else alert

    marked = {alert.id: mark(alert) for alert in after.announced.newest(number)}
    announced = after.announced.revise(marked)
    return msgspec.structs.replace(after, announced=announced), counted
