"""The state store under the table: a replica of each changelog partition that is owned."""

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from typing import Any, cast

from faust.stores.base import Store as FaustStore
from faust.types import TP, AppT, CollectionT, EventT

from services.matcher.adapters.metrics import CHANGELOG, STATE_BYTES, STATE_KEYS
from services.matcher.adapters.state.changelog_replica import ChangelogReplica, Entry
from services.matcher.adapters.state.keys import partition_of
from services.metrics import replace_series


class Store(FaustStore[bytes, bytes]):
    """The replicas as a store of Faust. Keys begin with their partition; values are bytes."""

    def __init__(self, app: AppT, table: CollectionT, **kwargs: Any) -> None:
        super().__init__("replicas:", app, table, **kwargs)
        self._replicas: dict[int, ChangelogReplica] = {}

    def replica(self, partition: int) -> ChangelogReplica:
        """The replica of a partition; an empty one if there was none."""
        return self._replicas.setdefault(partition, ChangelogReplica())

    def acknowledge(self, tp: TP, offset: int, key: bytes, value: bytes | None) -> None:
        """Apply a write that the changelog has; nothing for a partition owned no more."""
        if tp.partition in self._replicas:
            self._replicas[tp.partition].acknowledge(key, value, offset)

    def follow(self, tp: TP, entries: Iterable[Entry], offset: int) -> None:
        """Apply messages of a changelog partition; nothing if it is owned no more."""
        if tp.partition in self._replicas:
            self._replicas[tp.partition].follow(entries, offset)

    def clear_partition(self, tp: TP) -> None:
        """Empty the replica of a partition, to be read from the first message on."""
        self._replicas[tp.partition] = ChangelogReplica()

    def persisted_offset(self, tp: TP) -> int | None:
        """The last message of a changelog partition that is applied; recovery reads on from it."""
        return self.replica(tp.partition).offset

    async def on_rebalance(
        self,
        assigned: AbstractSet[TP],
        revoked: AbstractSet[TP],  # noqa: ARG002  (Faust's signature)
        newly_assigned: AbstractSet[TP],  # noqa: ARG002
        generation_id: int = 0,  # noqa: ARG002
    ) -> None:
        """Drop the partitions that are owned no more, and of the others what is not acknowledged.

        That may never have been written; what was is read by the recovery that follows.
        """
        topic = self.table.changelog_topic.get_topic_name()
        owned = {tp.partition for tp in assigned if tp.topic == topic}
        for partition in self._replicas.keys() - owned:
            del self._replicas[partition]
        for replica in self._replicas.values():
            replica.overlay.clear()

    def apply_changelog_batch(
        self, batch: Iterable[EventT[Any]], *_as_bytes: object, **_named: object
    ) -> None:
        """Apply messages one by one: those that recovery in bulk has left to Faust."""
        for event in batch:
            message = event.message
            key = cast("bytes", message.key)
            self.follow(message.tp, [(key, message.value)], message.offset)

    async def backup_partition(self, *_any: Any, **_named: Any) -> None:
        """Nothing: the changelog is the backup."""

    def restore_backup(self, *_any: Any, **_named: Any) -> None:
        """Nothing: recovery does that."""

    def show_sizes(self) -> None:
        """Show what each partition owned holds, without the overlay."""
        replicas = {(str(partition),): each for partition, each in self._replicas.items()}
        replace_series(STATE_KEYS, {at: len(each.entries) for at, each in replicas.items()})
        replace_series(STATE_BYTES, {at: each.size for at, each in replicas.items()})
        replace_series(CHANGELOG, {at: each.offset or 0 for at, each in replicas.items()})

    def reset_state(self) -> None:
        """Forget everything."""
        self._replicas.clear()

    def __getitem__(self, key: bytes) -> bytes:
        value = self._get(key)
        if value is None:
            raise KeyError(key)
        return value

    def __contains__(self, key: object) -> bool:
        return self._get(cast("bytes", key)) is not None

    def _get(self, key: bytes) -> bytes | None:
        replica = self._replicas.get(partition_of(key))
        return None if replica is None else replica.get(key)

    def __setitem__(self, key: bytes, value: bytes) -> None:
        self.replica(partition_of(key)).write(key, value)

    def __delitem__(self, key: bytes) -> None:
        self.replica(partition_of(key)).write(key, None)

    def __iter__(self) -> Iterator[bytes]:
        return (key for key, _ in self.items())

    def __len__(self) -> int:
        return sum(1 for _ in self.items())

    def items(self) -> Any:
        """Every key of every partition with its value."""
        for replica in self._replicas.values():
            yield from replica.items()
