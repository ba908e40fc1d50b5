"""Schedule: when the states of one signals partition are due."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from heapq import heappop, heappush

from services.matcher.domain.engine.keys import StateKey


@dataclass(slots=True)
class Schedule:
    """When each state is due, and the offset of the last message that it has seen.

    A key has one valid entry in the heap (that of `queued`), never later than it is due: a due
    time that moves on adds none.
    """

    heap: list[tuple[datetime, StateKey]] = field(default_factory=list)
    queued: dict[StateKey, datetime] = field(default_factory=dict)
    when: dict[StateKey, datetime | None] = field(default_factory=dict)
    offsets: dict[StateKey, int] = field(default_factory=dict)
    newest: int = -1

    def note(self, key: StateKey, when: datetime | None, offset: int) -> None:
        """A state is due at `when` (None: never) and has seen the message at `offset`."""
        self.when[key] = when
        self.offsets[key] = offset
        self.newest = max(self.newest, offset)
        if when is not None and (key not in self.queued or when < self.queued[key]):
            self._queue(key, when)

    def drop(self, key: StateKey) -> None:
        """A state was deleted."""
        self.when.pop(key, None)
        self.offsets.pop(key, None)

    def is_due(self, clock: datetime) -> bool:
        """Whether there may be keys that are due at `clock`."""
        return bool(self.heap) and self.heap[0][0] <= clock

    def pop(self, clock: datetime) -> Iterator[StateKey]:
        """Take out the keys that are due at `clock`; whoever keeps a state notes it again."""
        while self.heap and self.heap[0][0] <= clock:
            queued, key = heappop(self.heap)
            if self.queued.get(key) != queued:
                continue
            del self.queued[key]
            when = self.when.get(key)
            if when is not None and when > clock:
                self._queue(key, when)
            elif when is not None:
                self.when[key] = None
                yield key

    def not_before(self, offset: int) -> tuple[StateKey, ...]:
        """The keys of states that have seen the message at `offset`, or a later one."""
        if self.newest < offset:
            return ()
        return tuple(key for key, seen in self.offsets.items() if seen >= offset)

    def _queue(self, key: StateKey, when: datetime) -> None:
        self.queued[key] = when
        heappush(self.heap, (when, key))
