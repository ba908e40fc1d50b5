"""Builds `correlate`: the agent of the signals topic, and the table of its states."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from schemas.topics import SIGNALS
from services.matcher.adapters.correlation.commands import CommandRunner
from services.matcher.adapters.correlation.correlate import Correlator
from services.matcher.adapters.correlation.live_windows import read_live_windows
from services.matcher.adapters.crashes.set_aside import Agent
from services.matcher.adapters.state.keyed_states import KeyedStates
from services.matcher.adapters.state.partition_states import States
from services.matcher.adapters.state.positions import Positions
from services.matcher.adapters.state.table import Table, add_table
from services.matcher.adapters.stream.repeat import show_forever
from services.matcher.adapters.topics.signals_partitions import signals_partitions
from services.matcher.app.basis import Basis
from services.matcher.domain.engine.messages import SignalsMessage, get_recorded_time
from services.matcher.domain.engine.processors import Processors


def add_correlate(basis: Basis) -> None:
    """Add the agent `correlate`, and the table of its states."""
    table = add_table(basis.app, basis.kafka.signals_partitions)
    correlator = _build_correlator(basis, table)
    basis.add_agent(
        SIGNALS,
        Agent("correlate", lambda message, _: correlator.take(message), correlator.pass_over),
    )
    basis.app.run_beside(partial(show_forever, basis.app, table.show_sizes))
    table.on_recover(partial(_forget, correlator))
    basis.app.read_windows = partial(read_live_windows, correlator)


def _build_correlator(basis: Basis, table: Table) -> Correlator:
    keyed_states, count = KeyedStates(table), basis.kafka.signals_partitions
    return Correlator(
        basis.bundles,
        States(keyed_states, Processors.of(basis.bundles.current, basis.kafka.events_kept)),
        Positions(keyed_states, basis.kafka.signals_topic_id),
        signals_partitions(count),
        CommandRunner(basis.sender, count),
        _choose_now(basis),
        _choose_groups_a_minute(basis),
        basis.kafka.events_kept,
        in_hand=basis.in_hand,
    )


async def _forget(correlator: Correlator) -> None:
    correlator.forget()


def _choose_now(basis: Basis) -> Callable[[SignalsMessage], datetime]:
    if basis.is_recorded:
        return lambda message: get_recorded_time(message) or datetime.now(UTC)
    return lambda _message: datetime.now(UTC)


def _choose_groups_a_minute(basis: Basis) -> int | None:
    """None on the recorded clock: a file may hold many reports of one time."""
    return None if basis.is_recorded else basis.settings.storm_groups_per_minute
