"""The states of all signals partitions, divided anew where their number has changed."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import msgspec

from schemas.heartbeat import heartbeat_key
from services.matcher.adapters.state.keys import TableKey, ValueKind, decode_key
from services.matcher.adapters.state.positions import OFFSET_BITS, AppliedTopic
from services.matcher.domain.alerts.new_groups import NewGroups
from services.matcher.domain.alerts.storm import StormState
from services.matcher.domain.changes.merged_progress import merge_progress
from services.matcher.domain.changes.partition_progress import PartitionProgress
from services.matcher.domain.corrections.event_version import EventVersion
from services.matcher.domain.duty.source_state import SourceState
from services.matcher.domain.engine.store import SignalsPartitions
from services.matcher.domain.hypotheses.state import HypothesisState
from services.matcher.domain.windows.panes import move_head

_Stored = HypothesisState | SourceState | NewGroups | StormState | EventVersion
_TYPES: Mapping[ValueKind, type[_Stored]] = {
    ValueKind.HYPOTHESIS: HypothesisState,
    ValueKind.SOURCE: SourceState,
    ValueKind.NEW_GROUPS: NewGroups,
    ValueKind.STORM: StormState,
    ValueKind.VERSION: EventVersion,
}
Values = Mapping[TableKey, bytes]


@dataclass(frozen=True, slots=True)
class Division:
    """What the table must hold, to be written first, and the keys that it must not."""

    values: Values
    gone: frozenset[TableKey]


@dataclass(frozen=True, slots=True)
class Divider:
    """Divides states among `partitions` of the signals topic that `topic` names.

    `ends` has for each partition the offset of a tick behind which come the messages that no state
    has applied. That is each state's last message from now on: when the tick is read, every state
    sends its alerts again, and what comes behind is past it.
    """

    partitions: SignalsPartitions
    topic: AppliedTopic
    ends: Mapping[int, int]

    def divide(self, before: Values) -> Division:
        """The states where they belong.

        Those that are there twice, since a move was broken off, are the same.
        """
        after = dict(self._move_all(before))
        return Division(after, frozenset(before.keys() - after.keys()))

    def _move_all(self, before: Values) -> Iterator[tuple[TableKey, bytes]]:
        for key, value in before.items():
            for partition in self._homes(key):
                yield key._replace(partition=partition), self._renew(key.kind, value, partition)
        progress = [
            PartitionProgress.decode(value)
            for key, value in before.items()
            if key.kind is ValueKind.PROGRESS
        ]
        for partition in range(self.partitions.count):
            merged = merge_progress(progress, self._position(partition))
            yield TableKey(ValueKind.PROGRESS, partition), merged.encode()
            yield TableKey(ValueKind.TOPIC, partition), self.topic.encode()

    def _homes(self, key: TableKey) -> Iterable[int]:
        """The partitions to which a state belongs; none for what is made anew."""
        match key.kind:
            case ValueKind.PROGRESS | ValueKind.TOPIC:
                return ()
            case ValueKind.VERSION:
                return range(self.partitions.count)
            case ValueKind.NEW_GROUPS:
                return (key.partition,)
            case _:
                return (self.partitions.partition_of(find_kafka_key(key)),)

    def _renew(self, kind: ValueKind, value: bytes, partition: int) -> bytes:
        if kind is ValueKind.PANE:
            return value
        if kind is ValueKind.WINDOW:
            return move_head(value, self._position(partition))
        state = _TYPES[kind].decode(value)
        return msgspec.structs.replace(state, offset=self._position(partition)).encode()

    def _position(self, partition: int) -> int:
        return self.topic.predecessors << OFFSET_BITS | self.ends[partition]


def find_kafka_key(key: TableKey) -> bytes:
    """The key of the messages for a state."""
    return heartbeat_key(key.key.decode()) if key.kind is ValueKind.SOURCE else key.key


def read_values(records: Iterable[tuple[bytes | None, bytes | None]]) -> Values:
    """What the changelog holds, by the keys and values of its records in order.

    Raises:
        ValueError: a key is of a later release.
    """
    values: dict[TableKey, bytes] = {}
    for raw, value in records:
        key = decode_key(raw or b"")
        if value is None:
            values.pop(key, None)
        else:
            values[key] = value
    return values


def follow_topic(values: Values, topic_id: str) -> AppliedTopic:
    """The topic whose messages are past all positions that the states have."""
    known = (
        AppliedTopic.decode(value).predecessors
        for key, value in values.items()
        if key.kind is ValueKind.TOPIC
    )
    return AppliedTopic(id=topic_id, predecessors=max(known, default=-1) + 1)
