"""Windows: which times fire, given a set of hits. `W(t)` is `(t - timespan, t]`, event time."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator, Sequence

from services.matcher.domain.condition import holds
from services.matcher.domain.measure import measure_of
from services.matcher.domain.state import Hit, span
from services.matcher.domain.window_rule import WindowRule


def with_hit(hits: Sequence[Hit], hit: Hit) -> tuple[Hit, ...]:
    """`hits` with `hit` in its place. A repeat changes nothing, whichever came first.

    Of two revisions of one alert the higher counts; of two deliveries of one event the one that
    was recorded first: so the order of arrival does not matter.
    """
    known = next((other for other in hits if other.key == hit.key), None)
    if known is not None and _precedence(known) <= _precedence(hit):
        return tuple(hits)
    kept = [other for other in hits if other is not known]
    insort(kept, hit, key=lambda one: one.order)
    return tuple(kept)


def _precedence(hit: Hit) -> tuple[int, int, int]:
    return (-hit.revision, hit.recorded, hit.at)


def firing_times(rule: WindowRule, hits: Sequence[Hit]) -> Iterator[tuple[int, float]]:
    """Every time of a hit at which the condition holds on `W(t)`, with the value counted there.

    One pass: the window slides over the sorted hits.
    """
    measure = measure_of(rule)
    reach, left = span(rule.timespan), 0
    for position, hit in enumerate(hits):
        measure.take(hit)
        if position + 1 < len(hits) and hits[position + 1].at == hit.at:
            continue
        while hits[left].at <= hit.at - reach:
            measure.drop(hits[left])
            left += 1
        value = measure.value()
        if value is not None and holds(rule.condition, value):
            yield hit.at, value


def between(hits: Sequence[Hit], after: int, until: int) -> Sequence[Hit]:
    """The hits of `(after, until]`."""
    first = bisect_right(hits, after, key=lambda hit: hit.at)
    return hits[first : bisect_right(hits, until, key=lambda hit: hit.at)]


def window(rule: WindowRule, hits: Sequence[Hit], t: int) -> Sequence[Hit]:
    """The hits of `W(t)`."""
    return between(hits, t - span(rule.timespan), t)


def behind(rule: WindowRule, hits: Sequence[Hit], firings: Sequence[int]) -> tuple[Hit, ...]:
    """The evidence: every hit of every window that fired."""
    reach = span(rule.timespan)

    def fired(hit: Hit) -> bool:
        following = bisect_left(firings, hit.at)
        return following < len(firings) and firings[following] < hit.at + reach

    return tuple(hit for hit in hits if fired(hit))
