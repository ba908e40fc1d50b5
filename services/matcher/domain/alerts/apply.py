"""Applying: what a signal changes in the hits of a state."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from schemas.signal import Signal, SignalKind
from services.matcher.domain.alerts.belated import find_belated_runs
from services.matcher.domain.alerts.reset import as_live, record_stale_hit
from services.matcher.domain.windows.state import Hit, WindowState, make_hit, micros, span
from services.matcher.domain.windows.window import add_hit
from services.matcher.domain.windows.window_rule import WindowRule


@dataclass(frozen=True, slots=True)
class RetractedEvents:
    """The identities of events that count no more."""

    identities: frozenset[str]

    def is_in(self, state: WindowState) -> bool:
        """Whether the state holds a hit of one of them, by words or suspected."""
        if state.suspicion is not None and self.is_in(state.suspicion):
            return True
        return any(state.hits.of_identity(identity) for identity in self.identities)

    def take_out(self, state: WindowState) -> WindowState:
        """The state without their hits."""
        return msgspec.structs.replace(state, hits=state.hits.without(self.identities))


def is_too_late(rule: WindowRule, signal: Signal) -> bool:
    """Whether a hit was recorded later than the rule allows.

    The alert of a base rule never is: its reports were judged by the lateness of that rule.
    """
    if rule.type is None or signal.firings or signal.kind is SignalKind.RETRACTION:
        return False
    lateness: timedelta = signal.learned_at - signal.occurred_at
    return lateness > rule.max_lateness


def is_forgotten(
    rule: WindowRule, state: WindowState, signal: Signal, clock: datetime | None
) -> bool:
    """Whether it revises an alert of a base rule that was counted, and forgotten since."""
    if signal.revision <= 1 or signal.backfill or signal.kind is SignalKind.RETRACTION:
        return False
    until = [micros(clock - rule.retention)] if clock is not None else []
    until += [state.settled_until - span(rule.look_back)] if state.settled_until is not None else []
    is_old = max(signal.firings) <= max(until, default=max(signal.firings) - 1)
    return is_old and not state.hits.of_identity(signal.identity)


def apply_signal(
    rule: WindowRule, state: WindowState, signal: Signal, changed_in: int
) -> WindowState:
    """The state after a hit or a retraction; `changed_in` is of the rule's generation.

    A hit that is retracted, or made by an older generation of the rule, does not count.
    """
    if signal.kind is SignalKind.RETRACTION:
        return _retract(state, signal)
    if signal.bundle < changed_in:
        return record_stale_hit(state, signal.identity, micros(signal.occurred_at))
    if signal.identity in state.retractions:
        return state
    hit = make_hit(signal, certain=rule.certain)
    return count_hit(rule, state, as_live(hit) if hit.identity in state.dropped_live else hit)


def _retract(state: WindowState, signal: Signal) -> WindowState:
    return msgspec.structs.replace(
        state,
        retractions={**state.retractions, signal.identity: micros(signal.occurred_at)},
        hits=state.hits.without([signal.identity]),
    )


def count_hit(rule: WindowRule, state: WindowState, hit: Hit) -> WindowState:
    """The state with a hit, and the firing times that it brings where all is settled."""
    if hit.backfill and _is_before_backfill(rule, state, hit):
        return state
    same = state.hits.of_identity(hit.identity)
    is_known = any(known.base == hit.base for known in same)
    counted = msgspec.structs.replace(state, hits=add_hit(state.hits, hit))
    belated = () if hit.backfill else find_belated_runs(rule, counted, hit, is_known=is_known)
    return msgspec.structs.replace(counted, runs=(*counted.runs, *belated))


def _is_before_backfill(rule: WindowRule, state: WindowState, hit: Hit) -> bool:
    """Whether no window that is evaluated again looks back as far as the hit."""
    settled_until = state.settled_until
    return settled_until is not None and hit.at <= settled_until - span(rule.look_back)
