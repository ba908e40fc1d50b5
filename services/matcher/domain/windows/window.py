"""Windows: at which times a set of hits fires. `W(t)` is `(t - timespan, t]`, in event time."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from schemas.rule import CorrelationType
from services.matcher.domain.windows.cluster import find_largest_cluster
from services.matcher.domain.windows.condition import compile_condition
from services.matcher.domain.windows.measure import make_measure
from services.matcher.domain.windows.ordered import Ordered
from services.matcher.domain.windows.state import FOREVER, Hit, span
from services.matcher.domain.windows.steps import follow_steps
from services.matcher.domain.windows.window_rule import WindowRule


def add_hit(hits: Ordered[Hit], hit: Hit) -> Ordered[Hit]:
    """`hits` with `hit` in order. Adding a hit again, in any order of arrival, changes nothing.

    Of two revisions of one alert the higher counts; of two deliveries of one event the one that
    was recorded first. A hit that was delivered both live and by backfill is live.
    """
    same = (other for other in hits.of_identity(hit.identity) if other.base == hit.base)
    known = next(same, None)
    if known is None:
        return hits.add(hit)
    merged = _merge(known, hit)
    return hits if merged == known else hits.remove(known).add(merged)


def _merge(known: Hit, hit: Hit) -> Hit:
    first = min(known, hit, key=_precedence)
    return msgspec.structs.replace(first, backfill=known.backfill and hit.backfill)


def _precedence(hit: Hit) -> tuple[int, int, int, int]:
    return (-hit.revision, -len(hit.firings), hit.recorded, hit.at)


def find_window_firings(rule: WindowRule, hits: Sequence[Hit]) -> Iterator[tuple[int, float]]:
    """Every time of a hit at which the condition holds on `W(t)`, with the value counted there."""
    holds = compile_condition(rule.condition)
    for at in list_times(hits):
        value = measure_window(rule, window_hits(rule, hits, at), at)
        if value is not None and holds(value):
            yield at, value


def measure_window(rule: WindowRule, hits: Iterable[Hit], t: int) -> float | None:
    """The value of the hits in `W(t)`; each is what lies of it in there."""
    if rule.type is CorrelationType.SHARED_TERM:
        largest = find_largest_cluster(hits, rule.similarity)
        return None if largest is None else float(len(largest.by))
    inside = [clip_hit(hit, t - span(rule.timespan), t) for hit in hits]
    hits_in_order = sorted(inside, key=lambda hit: hit.order)
    if rule.type is CorrelationType.TEMPORAL_ORDERED and rule.expression is None:
        return float(len(follow_steps(rule.bases, hits_in_order)))
    measure = make_measure(rule)
    for hit in hits_in_order:
        measure.add(hit)
    return measure.value(t)


def clip_hit(hit: Hit, after: int, until: int) -> Hit:
    """The part of a hit that lies in `(after, until]`; an event has no parts."""
    if not hit.firings:
        return hit
    first, last = max(hit.first, after + 1), min(hit.last, until)
    return msgspec.structs.replace(hit, at=last, firings=(first, last))


def list_times(hits: Sequence[Hit]) -> Sequence[int]:
    """The times at which a rule is asked, in order: those of its hits, or their firing times."""
    return sorted({time for hit in hits for time in hit.times})


def hits_between(hits: Sequence[Hit], after: int, until: int) -> Sequence[Hit]:
    """The hits in `(after, until]`, by their times."""
    if isinstance(hits, Ordered):
        return hits.between(after, until)
    first = bisect_right(hits, after, key=lambda hit: hit.at)
    return hits[first : bisect_right(hits, until, key=lambda hit: hit.at)]


def hits_near(rule: WindowRule, hits: Sequence[Hit], after: int, until: int) -> Sequence[Hit]:
    """The hits with a time in `(after, until]`: events by their time, alerts that overlap it."""
    if not rule.counts_alerts:
        return hits_between(hits, after, until)
    if isinstance(hits, Ordered):
        return hits.overlapping(after, until)
    return [hit for hit in hits_between(hits, after, FOREVER) if hit.first <= until]


def hits_overlapping(
    rule: WindowRule, hits: Sequence[Hit], after: int, until: int
) -> Sequence[Hit]:
    """The hits in `(after, until]`: alerts that overlap it, events that count whole only whole."""
    near = hits_near(rule, hits, after, until)
    if not (rule.certain or rule.counts_alerts):
        return near
    return [hit for hit in near if hit.last > after]


def window_hits(rule: WindowRule, hits: Sequence[Hit], t: int) -> Sequence[Hit]:
    """The hits in `W(t)`."""
    return hits_overlapping(rule, hits, t - span(rule.timespan), t)


def find_window_evidence(
    rule: WindowRule, hits: Sequence[Hit], firings: Sequence[int]
) -> tuple[Hit, ...]:
    """Every hit in a window that fired; `firings` are sorted."""
    timespan = span(rule.timespan)
    if len(firings) == 1:
        return tuple(window_hits(rule, hits, firings[0]))

    def is_evidence(hit: Hit) -> bool:
        following = bisect_left(firings, hit.first)
        return following < len(firings) and firings[following] < hit.last + timespan

    return tuple(filter(is_evidence, hits))
