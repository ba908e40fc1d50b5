"""Positions: where a message is among all that were ever applied to the states of its partition.

States remember the last message applied. An offset would not do: when the signals topic is
recreated its offsets start again, and every new message would be taken for an old one. A position
is the offset with, in its higher bits, how often the topic was recreated.
"""

from dataclasses import dataclass, field

from services.matcher.adapters.state.keyed_states import KeyedStates
from services.matcher.adapters.state.keys import TableKey, ValueKind
from services.matcher.adapters.topics.records import ConsumerRecord
from services.matcher.domain.windows.stored_value import StoredValue

OFFSET_BITS = 48
"""Enough for a million messages a second over nine years."""


class AppliedTopic(StoredValue, frozen=True, kw_only=True):
    """The signals topic whose messages were last applied, and how many there were before it."""

    id: str
    predecessors: int = 0


@dataclass(slots=True)
class Positions:
    """Gives the positions of messages of the signals topic, whose id is `topic_id`."""

    states: KeyedStates
    topic_id: str
    _predecessors: dict[int, int] = field(default_factory=dict)

    def position(self, message: ConsumerRecord) -> int:
        """The position of a message that is processed now; states hold no other numbers.

        The first of a topic is noted in the table, before the states that it is applied to.
        """
        partition = message.partition
        if partition not in self._predecessors:
            self._predecessors[partition] = self._note_topic(partition).predecessors
        return self._predecessors[partition] << OFFSET_BITS | message.offset

    def forget_partitions(self) -> None:
        """Partitions came or went: forget what was read of the table."""
        self._predecessors.clear()

    def _note_topic(self, partition: int) -> AppliedTopic:
        key = TableKey(ValueKind.TOPIC, partition)
        raw = self.states.get(key)
        known = AppliedTopic(id=self.topic_id) if raw is None else AppliedTopic.decode(raw)
        if raw is not None and known.id == self.topic_id:
            return known
        applied = known if raw is None else self._follow(known)
        self.states.put({key: applied.encode()})
        return applied

    def _follow(self, known: AppliedTopic) -> AppliedTopic:
        return AppliedTopic(id=self.topic_id, predecessors=known.predecessors + 1)
