"""The processor of versions of reports: they are forgotten by time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from schemas.tick import Tick
from services.matcher.domain.corrections.event_version import EventVersion
from services.matcher.domain.engine.effects import Effects
from services.matcher.domain.engine.keys import StateKey
from services.matcher.domain.engine.processor import Cause, ProcessingContext
from services.matcher.domain.windows.state import instant
from services.matcher.domain.windows.window_rule import WindowRule


def longest_kept(rules: Iterable[WindowRule], events_kept: timedelta | None) -> timedelta | None:
    """How long a hit of a corrected event may still come, or count; None: for ever."""
    if events_kept is None:
        return None
    return max([events_kept, *(rule.retention for rule in rules)])


@dataclass(frozen=True, slots=True)
class VersionProcessor:
    """Forgets what no correction has concerned for as long as it is `kept`."""

    kept: timedelta | None

    def handle(
        self, key: StateKey, state: EventVersion | None, cause: Cause, context: ProcessingContext
    ) -> Effects[EventVersion]:
        """As the protocol says."""
        due, clock = self.due_at(key, state), context.progress.clock.now()
        is_due = due is not None and clock is not None and due <= clock
        if is_due and isinstance(cause, Tick):
            return Effects(None)
        return Effects(state, is_changed=False, due=due)

    def due_at(self, key: StateKey, state: EventVersion | None) -> datetime | None:
        """As the protocol says."""
        del key
        if state is None or self.kept is None:
            return None
        return instant(state.seen) + self.kept
