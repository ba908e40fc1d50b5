"""The messages of the signals topic."""

from datetime import datetime

from schemas.bundle import NO_BUNDLE, BackfillBarrier
from schemas.heartbeat import Heartbeat
from schemas.indication import Indication
from schemas.retraction import Retraction
from schemas.signal import Signal
from schemas.storm import StormNews
from schemas.tick import Tick
from schemas.verdict import Verdict
from services.matcher.domain.engine.keys import StateKey, StateKind

KeyedMessage = Signal | Verdict | Indication | Heartbeat | StormNews
"""A message for the state of one key."""
SignalsMessage = KeyedMessage | Retraction | Tick | BackfillBarrier
"""The others are for every key of the partition."""


def get_key(message: KeyedMessage) -> StateKey:
    """The key of the state that a message is for."""
    match message:
        case Signal() | Verdict():
            return StateKey(StateKind.WINDOW, message.key)
        case Indication():
            return StateKey(StateKind.HYPOTHESIS, message.key)
        case Heartbeat():
            return StateKey(StateKind.SOURCE, message.source.encode())
        case StormNews():
            return StateKey(StateKind.STORM, message.key)


def get_bundle(message: SignalsMessage) -> int:
    """The bundle that made it: it can be handled by the rules of that bundle, or a newer one."""
    match message:
        case Tick():
            return message.backfilled
        case Signal() | BackfillBarrier():
            return message.bundle
        case _:
            return NO_BUNDLE


def get_recorded_time(message: SignalsMessage) -> datetime | None:
    """When what it says was recorded; None for a barrier."""
    match message:
        case Tick():
            return message.time
        case Retraction():
            return message.recorded_at
        case Signal():
            return message.learned_at
        case Verdict() | Indication() | Heartbeat() | StormNews():
            return message.at
        case BackfillBarrier():
            return None


def get_barrier(tick: Tick) -> BackfillBarrier:
    """The barrier that a tick repeats."""
    return BackfillBarrier(
        partition=tick.partition, partitions=tick.partitions, bundle=tick.backfilled
    )
