"""The port of the engine: where the states of one signals partition are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from services.matcher.domain.changes.partition_progress import PartitionProgress
from services.matcher.domain.engine.keys import StateKey
from services.matcher.domain.engine.schedule import Schedule


class PartitionStore(Protocol):
    """The states of one signals partition, in memory: it does not block."""

    @property
    def schedule(self) -> Schedule:
        """When they are due by the active rules; as of the last write that was noted in it."""
        ...

    def get(self, key: StateKey) -> Any | None:
        """The state of a key, if there is one."""
        ...

    def put(self, key: StateKey, state: Any, due: datetime | None) -> None:
        """Write a state, which is due at `due`."""
        ...

    def delete(self, key: StateKey) -> None:
        """Delete the state of a key."""
        ...

    def holding(self, identity: str) -> Sequence[StateKey]:
        """The windows that hold a hit of the event of that identity, and maybe some more."""
        ...

    def all_keys(self) -> Sequence[StateKey]:
        """The keys of all states, whether or not their rules are active."""
        ...

    def progress(self) -> PartitionProgress:
        """The progress as last written."""
        ...

    def put_progress(self, progress: PartitionProgress) -> None:
        """Write the progress."""
        ...


@dataclass(frozen=True, slots=True)
class SignalsPartitions:
    """How many signals partitions there are, and to which of them a Kafka key goes."""

    count: int
    partition_of: Callable[[bytes], int]
