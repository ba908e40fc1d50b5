"""Announced alerts: those of a state in panes; a value made of another one shares its panes.

So a hit costs the alerts that it changes, not all that a key keeps: whoever stores them looks at
the panes that changed, and whoever asks which alert ends next at what each pane says of its own.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from operator import is_
from typing import Self, overload

import msgspec

from schemas.alert import Level, Status
from services.matcher.domain.windows.ordered import find_difference

LARGEST_ALERT_PANE = 32
SMALLEST_ALERT_PAIR = 16
"""Neighbouring panes with no more alerts than that become one."""


class AlertWords(msgspec.Struct, frozen=True, array_like=True):
    """What an alert said last, while there were reports to say it of."""

    summary: str
    action: str | None


class AnnouncedAlert(msgspec.Struct, frozen=True, array_like=True):
    """The last announced revision of an alert; `storm` is the owner whose storm it is part of.

    `firings` is a digest of the firing times, where rules above count the alert. `words` are kept
    where its evidence is gone. While it is `suspected`, only the reader has found it.
    """

    id: str
    revision: int
    status: Status
    start: int
    last: int
    level: Level
    value: float
    count: int
    detected: int
    updated: int
    resolved: int | None = None
    uncorroborated: bool = False
    late: bool = False
    backfill: bool = False
    reason: str | None = None
    storm: str | None = None
    firings: int = 0
    words: AlertWords | None = None
    suspected: bool = False


_Alerts = tuple[AnnouncedAlert, ...]


@dataclass(frozen=True)
class AlertPane:
    """Alerts announced one behind another. Another pane of a key has another number."""

    number: int
    items: tuple[AnnouncedAlert, ...]

    @cached_property
    def ids(self) -> frozenset[str]:
        """Of its alerts."""
        return frozenset(alert.id for alert in self.items)

    @cached_property
    def starts(self) -> tuple[int, int]:
        """The first and the last time at which one of its alerts starts."""
        starts = [alert.start for alert in self.items]
        return min(starts), max(starts)

    @cached_property
    def lasts(self) -> tuple[int, int]:
        """The first and the last time at which one of its alerts fired last."""
        lasts = [alert.last for alert in self.items]
        return min(lasts), max(lasts)

    @cached_property
    def firing(self) -> tuple[int, ...]:
        """The last firing times of its alerts that are firing."""
        return tuple(alert.last for alert in self.items if alert.status is Status.FIRING)


class AnnouncedAlerts(Sequence[AnnouncedAlert]):
    """Alerts in order of announcement. A frozen value, equal to any sequence of the same alerts.

    No pane is empty; numbers from `free_number` on are free.
    """

    __slots__ = ("_size", "free_number", "panes")

    def __init__(self, panes: tuple[AlertPane, ...] = (), free_number: int = 0) -> None:
        self.panes = panes
        self.free_number = free_number
        self._size = sum(len(pane.items) for pane in panes)

    @classmethod
    def of(cls, alerts: Iterable[AnnouncedAlert]) -> Self:
        """These alerts."""
        return cls().append(alerts)

    def append(self, alerts: Iterable[AnnouncedAlert]) -> Self:
        """With more of them behind."""
        new = tuple(alerts)
        if not new:
            return self
        is_open = bool(self.panes) and len(self.panes[-1].items) < LARGEST_ALERT_PANE
        kept = self.panes[: len(self.panes) - is_open]
        items = (*self.panes[-1].items, *new) if is_open else new
        parts = (
            items[start : start + LARGEST_ALERT_PANE]
            for start in range(0, len(items), LARGEST_ALERT_PANE)
        )
        return self._with((*(pane.items for pane in kept), *parts))

    def revise(self, revised: Mapping[str, AnnouncedAlert]) -> Self:
        """With other revisions of some, by id."""
        ids = frozenset(revised)
        return self._change(
            lambda pane: not pane.ids.isdisjoint(ids),
            lambda items: tuple(revised.get(alert.id, alert) for alert in items),
        )

    def map(self, change: Callable[[AnnouncedAlert], AnnouncedAlert]) -> Self:
        """With what each is changed to; looks at all."""
        return self._change(lambda _: True, lambda items: tuple(map(change, items)))

    def filter(self, retains: Callable[[AnnouncedAlert], bool]) -> Self:
        """With those that are retained; looks at all."""
        return self._change(lambda _: True, lambda items: tuple(filter(retains, items)))

    def among(self, ids: Iterable[str]) -> list[AnnouncedAlert]:
        """Those with these ids, in order."""
        wanted = frozenset(ids)
        panes = (pane for pane in self.panes if not pane.ids.isdisjoint(wanted))
        return [alert for pane in panes for alert in pane.items if alert.id in wanted]

    def starting(self, first: int, last: int) -> list[AnnouncedAlert]:
        """Those that start from one time to another, in order."""
        panes = (pane for pane in self.panes if pane.starts[0] <= last and first <= pane.starts[1])
        return [alert for pane in panes for alert in pane.items if first <= alert.start <= last]

    def firing_until(self, time: int) -> list[AnnouncedAlert]:
        """Those that are firing, and did last by a time, in order."""
        panes = (pane for pane in self.panes if pane.firing and min(pane.firing) <= time)
        alerts = (alert for pane in panes for alert in pane.items)
        return [each for each in alerts if each.status is Status.FIRING and each.last <= time]

    def newest(self, number: int) -> Sequence[AnnouncedAlert]:
        """The last so many."""
        items: tuple[AnnouncedAlert, ...] = ()
        for pane in reversed(self.panes):
            if len(items) >= number:
                break
            items = (*pane.items, *items)
        return items[max(0, len(items) - number) :]

    def compare(
        self, before: "AnnouncedAlerts"
    ) -> tuple[Sequence[AnnouncedAlert], Sequence[AnnouncedAlert]]:
        """The alerts of the panes that only `before` has, and of those that only this one has."""
        old, new = find_difference(before.panes, self.panes)
        return _list_items(old), _list_items(new)

    @property
    def count_firing(self) -> int:
        """How many are firing."""
        return sum(len(pane.firing) for pane in self.panes)

    @property
    def first_end(self) -> int | None:
        """The earliest last firing time of those that are firing; None if none is."""
        return min((min(pane.firing) for pane in self.panes if pane.firing), default=None)

    @property
    def lasts(self) -> tuple[int, int] | None:
        """The earliest and the latest last firing time; None without alerts."""
        if not self.panes:
            return None
        lasts = [pane.lasts for pane in self.panes]
        return min(first for first, _ in lasts), max(last for _, last in lasts)

    def _change(
        self, is_asked: Callable[[AlertPane], bool], change: Callable[[_Alerts], _Alerts]
    ) -> Self:
        """With the alerts of some panes changed; one whose alerts stay the same objects is kept."""
        parts = [
            _keep_same(pane.items, change(pane.items)) if is_asked(pane) else pane.items
            for pane in self.panes
        ]
        is_same = all(items is pane.items for items, pane in zip(parts, self.panes, strict=True))
        return self if is_same else self._with(_join_small(parts))

    def _with(self, parts: Iterable[_Alerts]) -> Self:
        """Of these alerts, in the same panes where they are the same, else in new ones."""
        panes, free = list[AlertPane](), self.free_number
        known = {id(pane.items): pane for pane in self.panes}
        for items in parts:
            pane = known.get(id(items)) or AlertPane(free, items)
            free = max(free, pane.number + 1)
            panes.append(pane)
        return type(self)(tuple(panes), free)

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[AnnouncedAlert]:
        return chain.from_iterable(pane.items for pane in self.panes)

    @overload
    def __getitem__(self, place: int) -> AnnouncedAlert: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[AnnouncedAlert]: ...
    def __getitem__(self, place: int | slice) -> AnnouncedAlert | Sequence[AnnouncedAlert]:
        return tuple(self)[place]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and (self is other or tuple(self) == tuple(other))

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"AnnouncedAlerts({[*self]!r})"


def _list_items(panes: Iterable[AlertPane]) -> Sequence[AnnouncedAlert]:
    return [alert for pane in panes for alert in pane.items]


def _keep_same(known: _Alerts, changed: _Alerts) -> _Alerts:
    """What was known, if it is the same objects."""
    is_same = len(known) == len(changed) and all(map(is_, known, changed))
    return known if is_same else changed


def _join_small(parts: Iterable[_Alerts]) -> Iterator[_Alerts]:
    """The parts that have any, those joined that are small beside one another."""
    waiting: _Alerts = ()
    for items in filter(None, parts):
        if waiting and len(waiting) + len(items) > SMALLEST_ALERT_PAIR:
            yield waiting
            waiting = ()
        waiting = (*waiting, *items) if waiting else items
    if waiting:
        yield waiting
