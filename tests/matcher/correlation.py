"""A correlate agent over a table in memory, and the times of its messages."""

from collections.abc import MutableMapping
from datetime import datetime

from services.matcher.adapters.correlation.commands import CommandRunner
from services.matcher.adapters.correlation.correlate import Correlator, signals_partitions
from services.matcher.adapters.rules.bundles import Bundles
from services.matcher.adapters.state.keyed_states import KeyedStates
from services.matcher.adapters.state.partition_states import States
from services.matcher.adapters.topics.record_sender import RecordSender
from services.matcher.domain.engine.messages import SignalsMessage, recorded_time
from services.matcher.domain.engine.processors import Processors
from tests.matcher.builders import HOUR, NOON
from tests.matcher.messages import Given, tick, tick_message

AFTER = NOON + 100 * HOUR


def time_of(message: SignalsMessage) -> datetime:
    """When a message is handled: at its own time, a barrier long after."""
    return recorded_time(message) or AFTER


def correlator(
    bundles: Bundles,
    table: MutableMapping[bytes, bytes],
    outbox: RecordSender,
    partitions: int = 1,
) -> Correlator:
    """A correlator as after a start, of so many signals partitions."""
    states = States(KeyedStates(table), Processors.of(bundles.current))
    runner = CommandRunner(outbox, partitions)
    return Correlator(bundles, states, signals_partitions(partitions), runner, time_of)


def ticks(time: datetime, offset: int) -> Given:
    """A tick of the only events partition."""
    return tick_message(tick(time), offset=offset)
