"""The store of a backtest: states in memory, as they are."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from services.matcher.domain.changes.partition_progress import PartitionProgress
from services.matcher.domain.engine.keys import StateKey
from services.matcher.domain.engine.schedule import Schedule


@dataclass(slots=True)
class MemoryStore:
    """Implements PartitionStore; `windows` by the events that were ever noted to be for them."""

    states: dict[StateKey, Any] = field(default_factory=dict)
    schedule: Schedule = field(default_factory=Schedule)
    last_progress: PartitionProgress = field(default_factory=PartitionProgress)
    windows: dict[str, dict[StateKey, None]] = field(default_factory=dict)

    def get(self, key: StateKey) -> Any | None:
        """As the port says."""
        return self.states.get(key)

    def put(self, key: StateKey, state: Any, due: datetime | None) -> None:  # noqa: ARG002
        """As the port says."""
        self.states[key] = state

    def delete(self, key: StateKey) -> None:
        """As the port says."""
        self.states.pop(key, None)

    def note(self, identity: str, window: StateKey) -> None:
        """A window may hold the event of that identity from now on."""
        self.windows.setdefault(identity, {})[window] = None

    def holding(self, identity: str) -> Sequence[StateKey]:
        """As the port says."""
        return tuple(self.windows.get(identity, ()))

    def all_keys(self) -> Sequence[StateKey]:
        """As the port says."""
        return list(self.states)

    def progress(self) -> PartitionProgress:
        """As the port says."""
        return self.last_progress

    def put_progress(self, progress: PartitionProgress) -> None:
        """As the port says."""
        self.last_progress = progress
