"""A correlate agent over a table in memory, and the times of its messages."""

from collections.abc import Mapping, MutableMapping
from datetime import datetime

from services.matcher.adapters.correlation.commands import CommandRunner
from services.matcher.adapters.correlation.correlate import Correlator
from services.matcher.adapters.rules.bundles import Bundles
from services.matcher.adapters.state.keyed_states import KeyedStates
from services.matcher.adapters.state.keys import ValueKind, has_kind
from services.matcher.adapters.state.partition_states import States
from services.matcher.adapters.state.positions import Positions
from services.matcher.adapters.topics.record_sender import RecordSender
from services.matcher.domain.engine.messages import SignalsMessage, get_recorded_time
from services.matcher.domain.engine.processors import Processors
from services.matcher.domain.engine.store import SignalsPartitions
from tests.matcher.builders import HOUR, NOON
from tests.matcher.messages import Given, tick, tick_message

AFTER = NOON + 100 * HOUR


def time_of(message: SignalsMessage) -> datetime:
    """When a message is handled: at its own time, a barrier long after."""
    return get_recorded_time(message) or AFTER


def correlator(
    bundles: Bundles,
    table: MutableMapping[bytes, bytes],
    sender: RecordSender,
    partitions: int = 1,
    topic_id: str = "signals",
) -> Correlator:
    """A correlator as after a start, of so many partitions of this signals topic."""
    keyed_states = KeyedStates(table)
    states = States(keyed_states, Processors.of(bundles.current))
    return Correlator(
        bundles,
        states,
        Positions(keyed_states, topic_id),
        # where the messages of the tests are by default
        SignalsPartitions(partitions, lambda _key: 1),
        CommandRunner(sender, partitions),
        time_of,
    )


def states_in(table: Mapping[bytes, bytes]) -> dict[bytes, bytes]:
    """What a table holds besides the ids of topics."""
    return {key: raw for key, raw in table.items() if not has_kind(key, ValueKind.TOPIC)}


def ticks(time: datetime, offset: int) -> Given:
    """A tick of the only events partition."""
    return tick_message(tick(time), offset=offset)
