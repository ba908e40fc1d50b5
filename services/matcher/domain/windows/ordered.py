"""Ordered: hits in order, in panes; a value made of another one shares the panes that it keeps.

So what another hit costs is not what a window holds, and whoever stores or evaluates hits finds by
their panes what changed.
"""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Generic, Protocol, Self, TypeVar, overload

LARGEST_PANE = 16
"""Hits in one pane: of signals of the largest size it has 800 KB."""
SMALLEST_PAIR = 8
"""Neighbouring panes with no more hits than that become one."""


class Dated(Protocol):
    """What stands in order: by time, then by what else `order` has; `order` is unique."""

    @property
    def at(self) -> int:
        """Its time, in microseconds."""
        ...

    @property
    def first(self) -> int:
        """When it begins: at its time, or before if it lasts."""
        ...

    @property
    def order(self) -> tuple[int, str, str]:
        """What it is sorted by; begins with `at`."""
        ...

    @property
    def identity(self) -> str:
        """The event, or alert, that it is of."""
        ...


D = TypeVar("D", bound=Dated)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class NumberedPane(Generic[D]):
    """Some neighbouring items.

    Another one has the same number only if it has all of these items and more: so what is stored
    under a number may be written over before it is known whether the rest will be.
    """

    number: int
    items: tuple[D, ...]
    begins: int = field(init=False, compare=False)
    """When the first of its items begins."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "begins", min(item.first for item in self.items))


class Ordered(Sequence[D]):
    """Items in order. A frozen value, equal to any sequence of the same items.

    `panes` are in order and none is empty; numbers from `free_number` on are free.
    """

    __slots__ = ("_by_identity", "_size", "free_number", "panes")

    def __init__(
        self,
        panes: tuple[NumberedPane[D], ...] = (),
        free_number: int = 0,
        index: dict[str, tuple[D, ...]] | None = None,
        size: int | None = None,
    ) -> None:
        self.panes = panes
        self.free_number = free_number
        self._by_identity = index
        self._size = sum(len(pane.items) for pane in panes) if size is None else size

    @classmethod
    def of(cls, items: Iterable[D]) -> Self:
        """These items, in any order."""
        ordered = sorted(items, key=lambda item: item.order)
        parts = [
            tuple(ordered[start : start + LARGEST_PANE])
            for start in range(0, len(ordered), LARGEST_PANE)
        ]
        return cls(tuple(map(NumberedPane, range(len(parts)), parts)), len(parts))

    def add(self, item: D) -> Self:
        """With an item that is not among them."""
        if not self.panes or self.panes[-1].items[-1].order < item.order:
            return self._append(item)
        place = self._find(item)
        number, items = self.panes[place].number, self.panes[place].items
        inside = bisect_right(items, item.order, key=lambda other: other.order)
        grown = (*items[:inside], item, *items[inside:])
        if len(grown) <= LARGEST_PANE:
            return self._change(place, place + 1, [NumberedPane(number, grown)], added=(item,))
        middle = LARGEST_PANE // 2
        halves = self._number(grown[:middle], grown[middle:])
        return self._change(place, place + 1, halves, added=(item,))

    def _append(self, item: D) -> Self:
        end = len(self.panes)
        if end and len(self.panes[-1].items) < LARGEST_PANE:
            last = self.panes[-1]
            grown = NumberedPane(last.number, (*last.items, item))
            return self._change(end - 1, end, [grown], added=(item,))
        return self._change(end, end, self._number((item,)), added=(item,))

    def remove(self, item: D) -> Self:
        """Without an item that is among them."""
        place = self._find(item)
        start = place if place + 1 < len(self.panes) else max(place - 1, 0)
        pair = self.panes[start : start + 2]
        left = tuple(other for pane in pair for other in pane.items if other is not item)
        if len(pair) > 1 and len(left) <= SMALLEST_PAIR:
            return self._change(start, start + 2, self._number(left), removed=(item,))
        kept = tuple(other for other in self.panes[place].items if other is not item)
        shrunk = self._number(kept) if kept else ()
        return self._change(place, place + 1, shrunk, removed=(item,))

    def drop_until(self, time: int) -> Self:
        """Without those up to a time."""
        end = bisect_right(self.panes, time, key=lambda pane: pane.items[0].at)
        if not end:
            return self
        pane = self.panes[end - 1]
        cut = bisect_right(pane.items, time, key=lambda item: item.at)
        kept = self._number(pane.items[cut:]) if cut < len(pane.items) else ()
        dropped = [item for pane in self.panes[: end - 1] for item in pane.items]
        return self._change(0, end, kept, removed=(*dropped, *pane.items[:cut]))

    def without(self, identities: Collection[str]) -> Self:
        """Without those of some events."""
        kept = self
        for item in [item for identity in identities for item in self.of_identity(identity)]:
            kept = kept.remove(item)
        return kept

    def of_identity(self, identity: str) -> tuple[D, ...]:
        """Those of one event, or alert."""
        return self._index().get(identity, ())

    def between(self, after: int, until: int) -> list[D]:
        """Those in `(after, until]`."""
        first = bisect_right(self.panes, after, key=lambda pane: pane.items[-1].at)
        last = bisect_right(self.panes, until, key=lambda pane: pane.items[0].at)
        items = [item for pane in self.panes[first:last] for item in pane.items]
        start = bisect_right(items, after, key=lambda item: item.at)
        return items[start : bisect_right(items, until, key=lambda item: item.at)]

    def overlapping(self, after: int, until: int) -> list[D]:
        """Those that end behind one time and begin until another, whatever lies between."""
        place = bisect_right(self.panes, after, key=lambda pane: pane.items[-1].at)
        return [
            item
            for pane in self.panes[place:]
            if pane.begins <= until
            for item in pane.items
            if item.first <= until and item.at > after
        ]

    def forwards(self, after: int, until: int) -> Iterator[D]:
        """Those in `(after, until]`, one by one."""
        first = bisect_right(self.panes, after, key=lambda pane: pane.items[-1].at)
        for place in range(first, len(self.panes)):
            if self.panes[place].items[0].at > until:
                return
            yield from (item for item in self.panes[place].items if after < item.at <= until)

    def backwards(self, until: int) -> Iterator[D]:
        """Those up to a time, the newest first."""
        last = bisect_right(self.panes, until, key=lambda pane: pane.items[0].at)
        for pane in reversed(self.panes[:last]):
            yield from (item for item in reversed(pane.items) if item.at <= until)

    def backwards_begun(self, until: int) -> Iterator[D]:
        """Those that begin until a time, whenever they end, the newest first."""
        for pane in reversed(self.panes):
            if pane.begins <= until:
                yield from (item for item in reversed(pane.items) if item.first <= until)

    def compare(
        self, before: "Ordered[D]"
    ) -> tuple[Sequence[NumberedPane[D]], Sequence[NumberedPane[D]]]:
        """The panes that only `before` has, and those that only this one has."""
        return find_difference(before.panes, self.panes)

    def _find(self, item: D) -> int:
        """The pane that has the item, or would have it."""
        place = bisect_right(self.panes, item.order, key=lambda pane: pane.items[0].order)
        return max(place - 1, 0)

    def _number(self, *parts: tuple[D, ...]) -> list[NumberedPane[D]]:
        return [NumberedPane(number, part) for number, part in enumerate(parts, self.free_number)]

    def _change(
        self,
        start: int,
        end: int,
        panes: Sequence[NumberedPane[D]],
        *,
        added: Sequence[D] = (),
        removed: Sequence[D] = (),
    ) -> Self:
        """With other panes in the place of some; it takes the index over."""
        index, self._by_identity = self._by_identity, None
        if index is not None:
            _update_index(index, added, removed)
        return type(self)(
            (*self.panes[:start], *panes, *self.panes[end:]),
            max([self.free_number, *(pane.number + 1 for pane in panes)]),
            index,
            self._size + len(added) - len(removed),
        )

    def _index(self) -> dict[str, tuple[D, ...]]:
        if self._by_identity is None:
            self._by_identity = {}
            _update_index(self._by_identity, self, ())
        return self._by_identity

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[D]:
        return chain.from_iterable(pane.items for pane in self.panes)

    @overload
    def __getitem__(self, place: int) -> D: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[D]: ...
    def __getitem__(self, place: int | slice) -> D | Sequence[D]:
        if isinstance(place, slice):
            return tuple(self)[place]
        if place == -1 and self.panes:
            return self.panes[-1].items[-1]
        left = place if place >= 0 else place + self._size
        for pane in self.panes if left >= 0 else ():
            if left < len(pane.items):
                return pane.items[left]
            left -= len(pane.items)
        raise IndexError(place)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and (self is other or tuple(self) == tuple(other))

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Ordered({[*self]!r})"


def _update_index(
    index: dict[str, tuple[D, ...]], added: Iterable[D], removed: Iterable[D]
) -> None:
    for item in removed:
        kept = tuple(other for other in index[item.identity] if other is not item)
        if kept:
            index[item.identity] = kept
        else:
            del index[item.identity]
    for item in added:
        index[item.identity] = (*index.get(item.identity, ()), item)


def find_difference(old: Sequence[T], new: Sequence[T]) -> tuple[Sequence[T], Sequence[T]]:
    """What each of them has between the items that both begin and end with."""
    first, last = count_ends(old, new)
    return old[first : len(old) - last], new[first : len(new) - last]


def count_ends(old: Sequence[object], new: Sequence[object]) -> tuple[int, int]:
    """How many of the first are the same in both, and how many of the last behind these.

    Next to nothing for each item that is the same object in both.
    """
    first = count_same(old, new)
    return first, count_same(old[first:][::-1], new[first:][::-1])


def count_same(old: Sequence[object], new: Sequence[object]) -> int:
    """How many of the first are the same in both."""
    low, high = 0, min(len(old), len(new))
    while low < high:
        middle = (low + high + 1) // 2
        if old[low:middle] == new[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
