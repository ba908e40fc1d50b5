"""The state store under the windows' table: a copy of each changelog partition that is owned."""

from collections.abc import Callable, Iterable, Iterator
from collections.abc import Set as AbstractSet
from typing import Any, cast

from faust.stores.base import Store as FaustStore
from faust.types import TP, AppT, CollectionT, EventT

from services.matcher.adapters.state.changelog_replica import ChangelogReplica, Overlay
from services.matcher.adapters.state.keys import partition_of

OpenCopy = Callable[[int], ChangelogReplica]
"""Opens the copy of a partition, empty or as far as it was kept."""


class Store(FaustStore[bytes, bytes]):
    """Faust's door to the copies. Keys begin with their partition; values are bytes."""

    def __init__(self, app: AppT, table: CollectionT, open_copy: OpenCopy, **kwargs: Any) -> None:
        super().__init__("copies:", app, table, **kwargs)
        self._open_copy = open_copy
        self._shelves: dict[int, Overlay] = {}

    def shelf(self, partition: int) -> Overlay:
        """The shelf of a partition, opened if it is not."""
        known = self._shelves.get(partition)
        if known is None:
            known = self._shelves[partition] = Overlay(self._open_copy(partition))
        return known

    def answered(self, tp: TP, offset: int, key: bytes, value: bytes | None) -> None:
        """The changelog has what was written; too late for a partition that has gone."""
        if tp.partition in self._shelves:
            self._shelves[tp.partition].answered(key, value, offset)

    def follow(self, tp: TP, entries: Iterable[tuple[bytes, bytes | None]], offset: int) -> None:
        """Take in messages of a changelog partition, if it is still here."""
        if tp.partition in self._shelves:
            self._shelves[tp.partition].copy.follow(entries, offset)

    def rebuild(self, tp: TP) -> None:
        """What is kept of a partition does not fit its changelog: begin again."""
        self.shelf(tp.partition).copy.clear()

    def persisted_offset(self, tp: TP) -> int | None:
        """The last message of a changelog partition that is here; recovery goes on behind it."""
        return self.shelf(tp.partition).copy.offset

    async def on_rebalance(
        self,
        assigned: AbstractSet[TP],
        revoked: AbstractSet[TP],  # noqa: ARG002  (Faust's signature)
        newly_assigned: AbstractSet[TP],  # noqa: ARG002
        generation_id: int = 0,  # noqa: ARG002
    ) -> None:
        """Let go of what went to another worker, and of what Kafka never answered for."""
        topic = self.table.changelog_topic.get_topic_name()
        owned = {tp.partition for tp in assigned if tp.topic == topic}
        for partition in self._shelves.keys() - owned:
            self._shelves.pop(partition).copy.close()
        for shelf in self._shelves.values():
            shelf.forget_unanswered()

    async def on_stop(self) -> None:
        """Let go of everything."""
        while self._shelves:
            self._shelves.popitem()[1].copy.close()

    def apply_changelog_batch(
        self, batch: Iterable[EventT[Any]], *_as_bytes: object, **_named: object
    ) -> None:
        """Take in messages one by one: what the bulk reader has left to Faust."""
        for event in batch:
            message = event.message
            key = cast("bytes", message.key)
            self.follow(message.tp, [(key, message.value)], message.offset)

    async def backup_partition(self, *_any: Any, **_named: Any) -> None:
        """Nothing: the changelog is the backup."""

    def restore_backup(self, *_any: Any, **_named: Any) -> None:
        """Nothing: recovery does that."""

    def reset_state(self) -> None:
        """Forget everything."""
        for shelf in self._shelves.values():
            shelf.copy.clear()

    def _shelf_of(self, key: bytes) -> Overlay | None:
        return self._shelves.get(partition_of(key))

    def __getitem__(self, key: bytes) -> bytes:
        shelf = self._shelf_of(key)
        value = None if shelf is None else shelf.get(key)
        if value is None:
            raise KeyError(key)
        return value

    def __contains__(self, key: object) -> bool:
        wanted = cast("bytes", key)
        shelf = self._shelf_of(wanted)
        return shelf is not None and shelf.get(wanted) is not None

    def __setitem__(self, key: bytes, value: bytes) -> None:
        self.shelf(partition_of(key)).write(key, value)

    def __delitem__(self, key: bytes) -> None:
        self.shelf(partition_of(key)).write(key, None)

    def __iter__(self) -> Iterator[bytes]:
        return (key for key, _ in self._entries())

    def __len__(self) -> int:
        return sum(1 for _ in self._entries())

    def items(self) -> Any:
        """Every key with its value, read in one go."""
        return self._entries()

    def _entries(self) -> Iterator[tuple[bytes, bytes]]:
        for shelf in self._shelves.values():
            yield from shelf.items()
