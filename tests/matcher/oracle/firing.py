"""When a rule fires, by its type: each function gives the value at a time, and what it is of."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import product
from math import ceil, comb
from operator import eq, ge, gt, le, lt, ne

from rapidfuzz.fuzz import token_sort_ratio

from schemas.rule import Condition, Correlation, CorrelationType
from tests.matcher.oracle.hits import OracleHit

Found = tuple[float, Sequence[OracleHit]]
"""The value at a firing time, and the evidence of its window."""
_BOUNDS: Mapping[str, Callable[[float, float], bool]] = {
    "eq": eq,
    "neq": ne,
    "gt": gt,
    "gte": ge,
    "lt": lt,
    "lte": le,
}

_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Watch:
    """One group of a rule: its hits, since when the rule watches, and what the clock says."""

    section: Correlation
    hits: Sequence[OracleHit]
    since: datetime
    clock: datetime

    def inside(self, after: datetime, until: datetime) -> list[OracleHit]:
        return [hit.clip(after, until) for hit in self.hits if hit.overlaps(after, until)]

    def window(self, t: datetime) -> list[OracleHit]:
        return self.inside(t - self.section.timespan, t)

    def baseline(self, t: datetime) -> timedelta | None:
        section, opened = self.section, t - self.section.timespan
        length = min(section.baseline or timedelta(0), opened - self.since)
        least = section.min_baseline or 2 * section.timespan
        return length if length > timedelta(0) and length >= least else None


def find_firings(watch: Watch) -> Iterator[tuple[datetime, Found]]:
    """Every firing time."""
    if watch.section.type is CorrelationType.ABSENCE:
        yield from _find_absences(watch)
        return
    find = _FIND_BY_TYPE.get(watch.section.type, _find_counted)
    for t in sorted({time for hit in watch.hits for time in hit.times}):
        found = find(watch, t)
        if found is not None:
            yield t, found


def _find_counted(watch: Watch, t: datetime) -> Found | None:
    section, inside = watch.section, watch.window(t)
    value = _VALUE_BY_TYPE[section.type](section, inside)
    if value is None or not _holds(section.condition, value):
        return None
    return value, inside


def _holds(condition: Condition | str | None, value: float) -> bool:
    assert isinstance(condition, Condition)
    bounds = {name: getattr(condition, name) for name in _BOUNDS}
    return all(_BOUNDS[name](value, bound) for name, bound in bounds.items() if bound is not None)


def _count_keys(section: Correlation, inside: Iterable[OracleHit]) -> float:
    return float(len({hit.key(section) for hit in inside}))


def _count_values(section: Correlation, inside: Iterable[OracleHit]) -> float:
    assert isinstance(section.condition, Condition)
    field = section.condition.field or ""
    return float(len({value for hit in inside for value in hit.fields[field]}))


def _list_numbers(section: Correlation, inside: Iterable[OracleHit]) -> list[float]:
    assert isinstance(section.condition, Condition)
    latest: dict[str, OracleHit] = {}
    for hit in sorted(inside, key=lambda hit: (hit.last, hit.identity)):
        latest[hit.key(section)] = hit
    return sorted(float(hit.fields[section.condition.field or ""][0]) for hit in latest.values())


def _sum(section: Correlation, inside: Iterable[OracleHit]) -> float | None:
    numbers = _list_numbers(section, inside)
    return float(sum(map(Fraction, numbers))) if numbers else None


def _average(section: Correlation, inside: Iterable[OracleHit]) -> float | None:
    numbers = _list_numbers(section, inside)
    return float(sum(map(Fraction, numbers)) / len(numbers)) if numbers else None


def _percentile(section: Correlation, inside: Iterable[OracleHit]) -> float | None:
    assert isinstance(section.condition, Condition)
    numbers, percent = _list_numbers(section, inside), section.condition.percentile or 50
    return numbers[max(1, ceil(percent / 100 * len(numbers))) - 1] if numbers else None


_VALUE_BY_TYPE: Mapping[
    CorrelationType, Callable[[Correlation, Iterable[OracleHit]], float | None]
] = {
    CorrelationType.EVENT_COUNT: _count_keys,
    CorrelationType.VALUE_COUNT: _count_values,
    CorrelationType.VALUE_SUM: _sum,
    CorrelationType.VALUE_AVG: _average,
    CorrelationType.VALUE_PERCENTILE: _percentile,
}


def _find_temporal(watch: Watch, t: datetime) -> Found | None:
    section, inside = watch.section, watch.window(t)
    bases = {hit.base for hit in inside}
    if isinstance(section.condition, str):
        names = {name: name in bases for name in section.rules}
        holds = eval(section.condition, {}, names)  # noqa: S307  (`a and not b` means the same)
    else:
        holds = _holds(section.condition or Condition(gte=len(section.rules)), len(bases))
    return (float(len(bases)), inside) if holds else None


def _find_ordered(watch: Watch, t: datetime) -> Found | None:
    section, inside = watch.section, watch.window(t)
    by_base = [[hit for hit in inside if hit.base == base] for base in section.rules]
    reached = max(n for n in range(len(by_base) + 1) if _can_follow(by_base[:n]))
    if not _holds(section.condition or Condition(gte=len(section.rules)), reached):
        return None
    begins = min((hit.first for hit in by_base[0]), default=None)
    evidence = [hit for hit in inside if begins is None or hit.last >= begins]
    return float(reached), evidence


def _can_follow(by_base: Sequence[Sequence[OracleHit]]) -> bool:
    """Whether a hit of each is, at some time of it, not after some time of those behind it."""
    return any(
        all(hit.first <= later.last for i, hit in enumerate(hits) for later in hits[i + 1 :])
        for hits in product(*by_base)
    )


def _find_rate_change(watch: Watch, t: datetime) -> Found | None:
    section, length = watch.section, watch.baseline(t)
    if length is None:
        return None
    opened, condition = t - section.timespan, section.condition
    assert isinstance(condition, Condition)
    begun = [hit for hit in watch.hits if opened < hit.first <= t]
    earlier = [hit for hit in watch.hits if opened - length < hit.first <= opened]
    n, m = int(_count_keys(section, begun)), int(_count_keys(section, earlier))
    is_faster = n * length >= (condition.ratio or 0) * m * section.timespan
    if n < (condition.floor or 1) or not is_faster:
        return None
    chance = _tail(n, n + m, Fraction(section.timespan / (section.timespan + length)))
    is_sure = condition.significance is None or chance <= condition.significance
    return (float(n), begun) if is_sure else None


def _tail(least: int, tries: int, chance: Fraction) -> float:
    """P[Bin(tries, chance) >= least]."""
    return float(
        sum(
            comb(tries, k) * chance**k * (1 - chance) ** (tries - k)
            for k in range(least, tries + 1)
        )
    )


def _find_new(watch: Watch, t: datetime) -> Found | None:
    section = watch.section
    opened, warmup = t - (section.history or timedelta(0)), section.warmup or timedelta(0)
    known = any(hit.first < t and hit.last > opened for hit in watch.hits)
    return None if known or t < watch.since + warmup else (1.0, watch.window(t))


def _find_shared(watch: Watch, t: datetime) -> Found | None:
    section, inside = watch.section, watch.window(t)
    users: dict[str, set[str]] = {}
    for hit in inside:
        for term in hit.fields[section.field or ""]:
            folded = " ".join(_WORD.findall(term.casefold()))
            users.setdefault(folded, set()).update(hit.fields[section.by or ""])
    left, sizes = sorted(users), []
    while left:
        cluster, grown = set[str](), {left[0]}
        while grown != cluster:
            cluster = grown
            grown = cluster | {
                term
                for term in left
                for other in cluster
                if token_sort_ratio(term, other) >= section.similarity
            }
        left = [term for term in left if term not in cluster]
        sizes.append(len(set[str]().union(*(users[term] for term in cluster))))
    value = float(max(sizes))
    return (value, inside) if _holds(section.condition, value) else None


def _find_divergence(watch: Watch, t: datetime) -> Found | None:
    section, length = watch.section, watch.baseline(t)
    if length is None:
        return None
    opened, condition = t - section.timespan, section.condition
    assert isinstance(condition, Condition)
    now = _shares(section, watch.window(t))
    before = _shares(section, watch.inside(opened - length, opened))
    least = min(len(share) for share in (*now, *before))
    if least < (condition.floor or 1):
        return None
    value, former = _distance(now), _distance(before)
    return (value, watch.window(t)) if value - former >= (condition.by or 0) else None


def _shares(section: Correlation, inside: Iterable[OracleHit]) -> list[list[bool]]:
    """For each list, whether each key of it has the value."""
    ordered = sorted(inside, key=lambda hit: (hit.last, hit.identity))
    shares = []
    for name in section.between or ():
        latest = {hit.key(section): hit for hit in ordered if name in hit.fields["lists"]}
        values = [hit.fields[section.field or ""] for hit in latest.values()]
        shares.append([(section.value or "") in value for value in values])
    return shares


def _distance(shares: Sequence[Sequence[bool]]) -> float:
    first, second = (sum(share) / len(share) for share in shares)
    return abs(first - second)


def _find_absences(watch: Watch) -> Iterator[tuple[datetime, Found]]:
    section = watch.section
    asked = [hit for hit in watch.hits if hit.base == section.rules[0]]
    for last in sorted({hit.last for hit in asked}):
        overdue = last + section.timespan
        waiting = [hit for hit in asked if hit.last == last]
        if overdue <= watch.clock and not any(
            hit.first <= overdue and _is_answer(section, hit, last) for hit in watch.hits
        ):
            yield overdue, (0.0, waiting)


def _is_answer(section: Correlation, hit: OracleHit, last: datetime) -> bool:
    if len(section.rules) == 1:
        return hit.last > last
    return hit.base == section.rules[1] and hit.last >= last


_FIND_BY_TYPE: Mapping[CorrelationType, Callable[[Watch, datetime], Found | None]] = {
    CorrelationType.TEMPORAL: _find_temporal,
    CorrelationType.TEMPORAL_ORDERED: _find_ordered,
    CorrelationType.RATE_CHANGE: _find_rate_change,
    CorrelationType.NEW_VALUE: _find_new,
    CorrelationType.REVERSAL: _find_new,
    CorrelationType.SHARED_TERM: _find_shared,
    CorrelationType.DIVERGENCE: _find_divergence,
}
