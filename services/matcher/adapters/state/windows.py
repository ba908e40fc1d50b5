"""The states of the windows of one signals partition, in parts that are written singly."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from services.matcher.adapters.state.event_index import EventIndex
from services.matcher.adapters.state.keyed_states import KeyedStates
from services.matcher.adapters.state.keys import TableKey, ValueKind
from services.matcher.domain.alerts.deadline import timing
from services.matcher.domain.windows.announced_alerts import AlertPane
from services.matcher.domain.windows.assemble import assemble_state, list_alert_panes
from services.matcher.domain.windows.ordered import Ordered, find_difference
from services.matcher.domain.windows.pane_names import Content, Pane, Panes
from services.matcher.domain.windows.panes import (
    decode_front,
    decode_head,
    decode_pane,
    encode_head,
    encode_pane,
    name_alerts,
    name_panes,
    split_events,
    split_suspicion,
)
from services.matcher.domain.windows.state import Hit, WindowState
from services.matcher.domain.windows.window_rule import WindowRule

_DATED = (Content.RETRACTIONS, Content.DROPPED_LIVE)
MOST_USED = 4096
"""States kept in memory decoded, beside the table's bytes."""
SWEPT_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class WindowParts:
    """A state, and the panes of its dated events and of its alerts as the table has them."""

    state: WindowState
    events: Panes
    alerts: tuple[AlertPane, ...] = ()

    def renew(self, state: WindowState) -> "WindowParts":
        """Those of the next state, whose events often are the same."""
        is_same = (
            state.retractions == self.state.retractions
            and state.dropped_live == self.state.dropped_live
        )
        events = self.events if is_same else split_events(state)
        return WindowParts(state, events, state.announced.panes[:-1])

    def compare(self, before: "WindowParts") -> tuple[Panes, Panes]:
        """The panes that only `before` has, and those that only this one has; some differ."""
        old, new = self.state.hits.compare(before.state.hits)
        old_suspected, new_suspected = self.suspected.compare(before.suspected)
        old_alerts, new_alerts = find_difference(before.alerts, self.alerts)
        return (
            before.events
            | name_panes(old)
            | name_alerts(old_alerts)
            | split_suspicion(before.state, old_suspected),
            self.events
            | name_panes(new)
            | name_alerts(new_alerts)
            | split_suspicion(self.state, new_suspected),
        )

    @property
    def suspected(self) -> Ordered[Hit]:
        """The hits of its second evaluation."""
        return Ordered() if self.state.suspicion is None else self.state.suspicion.hits

    @property
    def named(self) -> Panes:
        """All panes but those of hits by words, as its head names them."""
        suspicion = split_suspicion(self.state, self.suspected.panes)
        return self.events | name_alerts(self.alerts) | suspicion


_NOTHING = WindowParts(WindowState.empty(), {})


@dataclass(slots=True)
class Windows:
    """The states of windows by window key; a state lies in panes, beside its head.

    Those used last are in memory too. `orphans` are panes that no head names. `events` None: nobody
    has asked yet which windows hold an event.
    """

    values: KeyedStates
    partition: int
    used: dict[bytes, WindowParts] = field(default_factory=dict)
    orphans: list[TableKey] = field(default_factory=list)
    events: EventIndex | None = None

    def get(self, key: bytes) -> WindowState | None:
        """The state of a window key, if there is one."""
        parts = self._parts(key)
        return None if parts is None else parts.state

    def put(self, key: bytes, state: WindowState, rule: WindowRule, due: datetime | None) -> None:
        """Write what changed of a state, due at `due`.

        The panes before the head that names them: a crash on the way leaves at most a hit that is
        there already when its message comes again, which changes nothing.
        """
        former = self._parts(key) or _NOTHING
        parts = former.renew(state)
        before, after = parts.compare(former)
        writes = {
            self._pane_key(key, pane): encode_pane(pane, items)
            for pane, items in after.items()
            if before.get(pane) != items
        }
        writes[self._head_key(key)] = encode_head(state, parts.named, due, timing(rule))
        self.values.put(writes)
        self.values.delete(self._pane_key(key, pane) for pane in before.keys() - after.keys())
        self._index(key, before, after)
        self._use(key, parts)

    def delete(self, key: bytes) -> None:
        """Delete a state."""
        before, _ = _NOTHING.compare(self._parts(key) or _NOTHING)
        self._index(key, before, {})
        panes = (self._pane_key(key, pane) for pane in self._panes(key))
        self.values.delete([self._head_key(key), *panes])
        self.used.pop(key, None)

    def _index(self, key: bytes, before: Panes, after: Panes) -> None:
        """Follow the panes that changed."""
        if self.events is None:
            return
        gone = [items for pane, items in before.items() if after.get(pane) != items]
        new = [items for pane, items in after.items() if before.get(pane) != items]
        self.events.replace(key, gone, new)

    def read(self, key: bytes) -> WindowParts | None:
        """The state of a window key, as the table has it."""
        raw = self.values.get(self._head_key(key))
        if raw is None:
            return None
        head = decode_head(raw)
        parts = ((pane, self.values.get(self._pane_key(key, pane))) for pane in head.panes)
        panes = {pane: decode_pane(pane, part) for pane, part in parts if part is not None}
        events = {pane: items for pane, items in panes.items() if pane.content in _DATED}
        return WindowParts(assemble_state(head, panes), events, list_alert_panes(panes))

    def note_orphans(self, panes: Iterable[TableKey]) -> None:
        """Remember, to be swept, those of the panes that no head names."""
        self.orphans = [pane for pane in panes if not self._is_named(pane)]

    def sweep(self) -> None:
        """Delete some of the orphans, unless a head names them by now."""
        some, self.orphans = self.orphans[:SWEPT_AT_ONCE], self.orphans[SWEPT_AT_ONCE:]
        self.values.delete(key for key in some if not self._is_named(key))

    def _is_named(self, pane: TableKey) -> bool:
        return pane.pane in self._panes(pane.key)

    def _panes(self, key: bytes) -> set[Pane]:
        raw = self.values.get(self._head_key(key))
        return set() if raw is None else set(decode_front(raw).panes)

    def _parts(self, key: bytes) -> WindowParts | None:
        parts = self.used.pop(key, None) or self.read(key)
        if parts is not None:
            self._use(key, parts)
        return parts

    def _use(self, key: bytes, parts: WindowParts) -> None:
        self.used[key] = parts
        if len(self.used) > MOST_USED:
            del self.used[next(iter(self.used))]

    def _head_key(self, key: bytes) -> TableKey:
        return TableKey(ValueKind.WINDOW, self.partition, key)

    def _pane_key(self, key: bytes, pane: Pane) -> TableKey:
        return TableKey(ValueKind.PANE, self.partition, key, pane)
