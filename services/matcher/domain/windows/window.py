"""Windows: which times fire, given a set of hits. `W(t)` is `(t - timespan, t]`, event time."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator, Sequence

import msgspec

from services.matcher.domain.windows.condition import asked
from services.matcher.domain.windows.measure import measure_of
from services.matcher.domain.windows.state import Hit, span
from services.matcher.domain.windows.window_rule import WindowRule


def with_hit(hits: Sequence[Hit], hit: Hit) -> tuple[Hit, ...]:
    """`hits` with `hit` in its place. A repeat changes nothing, whichever came first.

    Of two revisions of one alert the higher counts; of two deliveries of one event the one that
    was recorded first: so the order of arrival does not matter. What came both live and from the
    past is live.
    """
    known = next((other for other in hits if other.key == hit.key), None)
    counts = hit if known is None else _of_both(known, hit)
    if counts == known:
        return tuple(hits)
    kept = [other for other in hits if other is not known]
    insort(kept, counts, key=lambda one: one.order)
    return tuple(kept)


def _of_both(known: Hit, hit: Hit) -> Hit:
    first = min(known, hit, key=_precedence)
    return msgspec.structs.replace(first, backfill=known.backfill and hit.backfill)


def _precedence(hit: Hit) -> tuple[int, int, int]:
    return (-hit.revision, hit.recorded, hit.at)


def firing_times(rule: WindowRule, hits: Sequence[Hit]) -> Iterator[tuple[int, float]]:
    """Every time of a hit at which the condition holds on `W(t)`, with the value counted there."""
    values = _asked_one_by_one(rule, hits) if rule.certain else _slid(rule, hits)
    holds = asked(rule.condition)
    for at, value in values:
        if value is not None and holds(value):
            yield at, value


def _slid(rule: WindowRule, hits: Sequence[Hit]) -> Iterator[tuple[int, float | None]]:
    """One pass: the window slides over the sorted hits."""
    measure = measure_of(rule)
    reach, left = span(rule.timespan), 0
    for position, hit in enumerate(hits):
        measure.take(hit)
        if position + 1 < len(hits) and hits[position + 1].at == hit.at:
            continue
        while hits[left].at <= hit.at - reach:
            measure.drop(hits[left])
            left += 1
        yield hit.at, measure.value()


def _asked_one_by_one(rule: WindowRule, hits: Sequence[Hit]) -> Iterator[tuple[int, float | None]]:
    """Where hits have a length they leave in another order than they came: count each window."""
    for at in dict.fromkeys(hit.at for hit in hits):
        measure = measure_of(rule)
        for hit in window(rule, hits, at):
            measure.take(hit)
        yield at, measure.value()


def between(hits: Sequence[Hit], after: int, until: int) -> Sequence[Hit]:
    """The hits of `(after, until]`."""
    first = bisect_right(hits, after, key=lambda hit: hit.at)
    return hits[first : bisect_right(hits, until, key=lambda hit: hit.at)]


def window(rule: WindowRule, hits: Sequence[Hit], t: int) -> Sequence[Hit]:
    """The hits of `W(t)`; one with a length only where both its ends lie in it."""
    opened = t - span(rule.timespan)
    return [hit for hit in between(hits, opened, t) if hit.begins > opened]


def behind(rule: WindowRule, hits: Sequence[Hit], firings: Sequence[int]) -> tuple[Hit, ...]:
    """The evidence: every hit of every window that fired."""
    reach = span(rule.timespan)

    def fired(hit: Hit) -> bool:
        following = bisect_left(firings, hit.at)
        return following < len(firings) and firings[following] < hit.begins + reach

    return tuple(hit for hit in hits if fired(hit))
