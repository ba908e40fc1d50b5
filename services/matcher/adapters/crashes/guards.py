"""The guards of a worker: its watchdog and its memory guard, which name the message in hand."""

from dataclasses import dataclass
from functools import partial

from schemas.crash import CrashReason
from services.matcher.adapters.crashes.ending import WorkerEnd, prepare_to_park
from services.matcher.adapters.crashes.in_hand import InHand
from services.matcher.adapters.crashes.memory_guard import MemoryGuard
from services.matcher.adapters.crashes.memory_limit import find_limit
from services.matcher.adapters.stream.loop_watchdog import LoopWatchdog
from services.matcher.adapters.stream.transport import App


@dataclass(frozen=True, slots=True)
class GuardLimits:
    """A loop may hang for `stuck_seconds`; memory is measured every `sample_ms` milliseconds.

    `memory` None: the limit of the container, if it has one; 0: there is no memory guard.
    """

    stuck_seconds: float
    memory: int | None
    sample_ms: int


def install_guards(app: App, in_hand: InHand, end: WorkerEnd, limits: GuardLimits) -> None:
    """Guard the app from now on; to be called in the main thread, in which it will run."""
    prepare_to_park()
    app.watchdog = LoopWatchdog(
        limits.stuck_seconds,
        lambda stuck: end.name_and_exit(in_hand.find_running(stuck), CrashReason.STUCK),
    )
    limit = find_limit() if limits.memory is None else limits.memory
    if limit:
        full = partial(end.name_and_exit, reason=CrashReason.MEMORY)
        MemoryGuard(limit, limits.sample_ms / 1000, in_hand, full).start()
