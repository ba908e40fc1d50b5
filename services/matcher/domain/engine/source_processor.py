"""The processor of sources: heartbeats, and time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from schemas.heartbeat import Heartbeat
from schemas.indication import Indication
from services.matcher.domain.duty.source_state import SourceState
from services.matcher.domain.duty.source_step import (
    SourceOutcome,
    hear_source,
    source_deadline,
    tick_source,
)
from services.matcher.domain.duty.watched_sources import WatchedSources
from services.matcher.domain.engine.effects import Effects, Send
from services.matcher.domain.engine.keys import StateKey
from services.matcher.domain.engine.processor import Cause, ProcessingContext
from services.matcher.domain.hypotheses.hypothesis import WatchedHypothesis
from services.matcher.domain.hypotheses.indications import make_source_indications


@dataclass(frozen=True, slots=True)
class SourceProcessor:
    """The processor of these sources. Every hypothesis is informed of their silence."""

    sources: WatchedSources
    hypotheses: tuple[WatchedHypothesis, ...]

    def handle(
        self, key: StateKey, state: SourceState | None, cause: Cause, context: ProcessingContext
    ) -> Effects[SourceState]:
        """As the protocol says. A heartbeat of a source that is not watched changes nothing."""
        source = self.sources.get(str(key))
        if isinstance(cause, Heartbeat) and source is not None:
            outcome = hear_source(source, state, cause, context.step)
        elif state is not None and not isinstance(cause, Heartbeat):
            outcome = tick_source(source, state, context.step)
        else:
            return Effects(state, is_changed=False)
        after = outcome.state
        due = None if after is None else source_deadline(source, after)
        sent = tuple(self._sent(str(key), outcome, context.now))
        return Effects(after, outcome.is_changed, due, sent, forgets_alerts=after is None)

    def _sent(self, name: str, outcome: SourceOutcome, now: datetime) -> Iterator[Send]:
        if outcome.alert is not None:
            yield Send(outcome.alert, is_repeat=not outcome.is_changed)
        if outcome.silent is not None:
            yield from map(Send, self._indications(name, now, is_silent=outcome.silent))

    def _indications(self, name: str, now: datetime, *, is_silent: bool) -> Iterable[Indication]:
        return make_source_indications(self.hypotheses, name, now, silent=is_silent)

    def due_at(self, key: StateKey, state: SourceState | None) -> datetime | None:
        """As the protocol says."""
        return None if state is None else source_deadline(self.sources.get(str(key)), state)
