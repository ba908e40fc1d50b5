"""Suspicion: the hits of the second evaluation, which has those by words and suspected ones."""

from collections.abc import Iterable

import msgspec

from schemas.signal import Signal, SignalKind
from services.matcher.domain.alerts.apply import count_hit
from services.matcher.domain.alerts.belated import find_belated_runs
from services.matcher.domain.windows.announced_alerts import AnnouncedAlerts
from services.matcher.domain.windows.ordered import Ordered
from services.matcher.domain.windows.state import Hit, WindowState, make_hit, micros
from services.matcher.domain.windows.window_rule import WindowRule

MOST_DENIED = 1000
"""Suspected events that a key remembers as denied."""


def begin_suspicion(rule: WindowRule, state: WindowState) -> WindowState:
    """The second evaluation of a state, before its first suspected hit."""
    return msgspec.structs.replace(
        state,
        announced=AnnouncedAlerts(),
        retractions={},
        dropped_live={},
        evaluation=None,
        suspicion=None,
        means=rule.means,
    )


def is_valid(rule: WindowRule, state: WindowState, signal: Signal, changed_in: int) -> bool:
    """Whether a suspected signal counts for a state.

    A hit does not if words found it, if it was retracted or denied, or if the rule means something
    else by now; the alert of a base rule not if it was made before the rule was changed.
    """
    if signal.kind is SignalKind.RETRACTION:
        return True
    is_current = signal.bundle >= changed_in if signal.firings else signal.means == rule.means
    denied = {} if state.suspicion is None else state.suspicion.retractions
    is_gone = signal.identity in state.retractions or signal.identity in denied
    return is_current and not is_gone and _find_twin(state.hits, signal) is None


def apply_suspected(rule: WindowRule, suspicion: WindowState, signal: Signal) -> WindowState:
    """The second evaluation after a suspected signal that is valid."""
    if signal.kind is SignalKind.RETRACTION:
        at = micros(signal.occurred_at)
        return deny(suspicion, suspicion.hits.of_identity(signal.identity), {signal.identity: at})
    counted = count_hit(rule, suspicion, make_hit(signal, certain=rule.certain))
    return msgspec.structs.replace(counted, means=rule.means)


def follow_words(
    rule: WindowRule, state: WindowState, suspicion: WindowState, signal: Signal
) -> WindowState:
    """The second evaluation after a signal by words, of which `state` was made."""
    hit = _find_twin(state.hits, signal)
    if hit is None:
        if signal.kind is SignalKind.RETRACTION:
            return without(suspicion, suspicion.hits.of_identity(signal.identity))
        return suspicion
    known = _find_twin(suspicion.hits, signal)
    if known == hit:
        return suspicion
    hits = suspicion.hits if known is None else suspicion.hits.remove(known)
    counted = msgspec.structs.replace(suspicion, hits=hits.add(hit))
    is_known = known is not None
    belated = () if hit.backfill else find_belated_runs(rule, counted, hit, is_known=is_known)
    return msgspec.structs.replace(counted, runs=(*counted.runs, *belated))


def deny(suspicion: WindowState, hits: Iterable[Hit], denied: dict[str, int]) -> WindowState:
    """Without the suspected ones of these hits; `denied` events, with their times, stay out."""
    known = suspicion.retractions | denied
    newest = sorted(known, key=lambda name: known[name])[-MOST_DENIED:]
    left = without(suspicion, (hit for hit in hits if hit.suspected))
    return msgspec.structs.replace(left, retractions={name: known[name] for name in newest})


def without(suspicion: WindowState, hits: Iterable[Hit]) -> WindowState:
    """Without these hits."""
    kept = suspicion.hits
    for hit in tuple(hits):
        kept = kept.remove(hit)
    return suspicion if kept is suspicion.hits else msgspec.structs.replace(suspicion, hits=kept)


def is_void(suspicion: WindowState) -> bool:
    """Whether it adds nothing to what words find; looks at all hits."""
    holds = suspicion.announced or suspicion.retractions
    return not (holds or any(hit.suspected for hit in suspicion.hits))


def _find_twin(hits: Ordered[Hit], signal: Signal) -> Hit | None:
    """The hit of a signal."""
    return next((hit for hit in hits.of_identity(signal.identity) if hit.base == signal.base), None)
