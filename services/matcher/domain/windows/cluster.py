"""Clusters: terms that are spellings of one name, and who uses them."""

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import partial
from itertools import islice
from math import floor, inf

from rapidfuzz import process
from rapidfuzz.fuzz import token_sort_ratio

from schemas.rule import Condition
from services.matcher.domain.windows.key_counts import count_out
from services.matcher.domain.windows.margins import (
    NOTHING,
    Margins,
    Move,
    count_slack,
    rises_only,
)
from services.matcher.domain.windows.state import Hit

MOST_TERMS = 256
"""Terms of one window that are compared: those used last."""
_FEW = 32
"""Similar terms that are looked at together."""

_Use = tuple[int, str, str]
"""When a hit with a term began, and its key."""


@dataclass(frozen=True, slots=True)
class TermCluster:
    """Terms that are linked, directly or through others, and the `by` values that use them."""

    terms: tuple[str, ...]
    by: frozenset[str]


def find_largest_cluster(hits: Iterable[Hit], similarity: float) -> TermCluster | None:
    """The cluster with most distinct `by` values, then with the least term; None without terms.

    Two folded terms are linked if rapidfuzz's `token_sort_ratio` (0 to 100) is at least
    `similarity`. Of the terms it compares the MOST_TERMS whose last use began last, of one hit the
    greatest.
    """
    measure = SharedTerm(similarity)
    for hit in sorted(hits, key=_find_use):
        measure.add(hit)
    return measure.find_largest()


@dataclass(slots=True)
class _Linked:
    """Terms that are linked, and how many of their uses each `by` value has."""

    terms: set[str]
    users: Counter[str]

    def join(self, other: "_Linked") -> None:
        """With the terms of another one."""
        self.terms |= other.terms
        self.users.update(other.users)


class SharedTerm:
    """A measure: the number of distinct `by` values of the window's largest cluster.

    A term is compared with the others once, when it comes among those used last; a use changes the
    cluster of its term alone.
    """

    takes_any_order = False

    def __init__(self, similarity: float, most: int = MOST_TERMS) -> None:
        self._similarity = similarity
        self._most = most
        self._users: dict[str, Counter[str]] = {}
        self._uses: dict[str, int] = {}
        """How many hits have each term; the term used last is the last."""
        self._links: dict[str, set[str]] = {}
        self._clusters: dict[str, _Linked] = {}

    def add(self, hit: Hit) -> None:
        """Count who uses its terms."""
        for term in sorted(set(hit.values)):
            self._uses[term] = self._uses.pop(term, 0) + 1
            self._users.setdefault(term, Counter()).update(hit.by)
            if term in self._clusters:
                self._clusters[term].users.update(hit.by)

    def remove(self, hit: Hit) -> None:
        """Count out who uses its terms."""
        for term in set(hit.values):
            count_out(self._users[term], hit.by)
            if term in self._clusters:
                count_out(self._clusters[term].users, hit.by)
            self._uses[term] -= 1
            if not self._uses[term]:
                del self._uses[term], self._users[term]

    def value(self, _time: int, /) -> float | None:
        """The number of `by` values; None if no hit has a term."""
        self._link()
        sizes = (len(cluster.users) for cluster in self._clusters.values())
        largest = max(sizes, default=None)
        return None if largest is None else float(largest)

    def find_margins(self, _condition: Condition, _largest: float, /) -> Margins:
        """Any hit may link terms."""
        return NOTHING

    def weigh(self, hit: Hit, _condition: Condition, _largest: float, /, **_key: bool) -> Move:
        """Its uses of terms."""
        return Move(max(1, len(set(hit.values))) * max(1, len(hit.by)))

    def find_largest(self) -> TermCluster | None:
        """The largest cluster."""
        self._link()
        by_id = {id(cluster): cluster for cluster in self._clusters.values()}
        clusters = (
            TermCluster(tuple(sorted(cluster.terms)), frozenset(cluster.users))
            for cluster in by_id.values()
        )
        return min(clusters, key=lambda cluster: (-len(cluster.by), cluster.terms), default=None)

    def _link(self) -> None:
        """Compare the terms that are now among those used last, and forget those that are not."""
        kept = dict.fromkeys(islice(self._order_uses(), self._most))
        self._forget(self._links.keys() - kept.keys())
        for term in kept.keys() - self._links.keys():
            self._compare(term)

    def _order_uses(self) -> Iterable[str]:
        """The terms, the one used last first."""
        return reversed(self._uses)

    def _forget(self, terms: AbstractSet[str]) -> None:
        """Without some terms; what they linked may fall apart."""
        touched = {id(cluster): cluster for cluster in map(self._clusters.pop, terms)}
        for cluster in touched.values():
            gone = cluster.terms & terms
            cluster.terms -= gone
            for term in gone:
                count_out(cluster.users, self._users.get(term, Counter()).elements())
            if not self._stay_linked(self._unlink(gone)):
                self._split(cluster)

    def _unlink(self, terms: AbstractSet[str]) -> set[str]:
        """The others that these terms were linked with."""
        others = set[str]().union(*map(self._links.pop, terms)) - terms
        for other in others:
            self._links[other] -= terms
        return others

    def _stay_linked(self, terms: set[str]) -> bool:
        """Whether they are linked through one another or others."""
        reached = {terms.pop()} if terms else set[str]()
        waiting = list(reached)
        while waiting and terms:
            new = self._links[waiting.pop()] - reached
            terms -= new
            reached |= new
            waiting += new
        return not terms

    def _split(self, cluster: _Linked) -> None:
        left = set(cluster.terms)
        while left:
            part = self._reach(left.pop())
            left -= part
            self._join(map(self._single, part))

    def _reach(self, term: str) -> set[str]:
        """The term, and all that it is linked with."""
        cluster, reached = set[str](), {term}
        while reached:
            cluster |= reached
            reached = set[str]().union(*map(self._links.__getitem__, reached)) - cluster
        return cluster

    def _compare(self, term: str) -> None:
        similar = self._find_similar(term)
        self._links[term] = set(similar)
        for other in similar:
            self._links[other].add(term)
        touched = {id(cluster): cluster for cluster in map(self._clusters.__getitem__, similar)}
        self._join((*touched.values(), self._single(term)))

    def _single(self, term: str) -> _Linked:
        return _Linked({term}, Counter(self._users[term]))

    def _join(self, clusters: Iterable[_Linked]) -> None:
        """Make one cluster of several."""
        joined = _Linked(set(), Counter())
        for cluster in clusters:
            joined.join(cluster)
        self._clusters.update(dict.fromkeys(joined.terms, joined))

    def _find_similar(self, term: str) -> list[str]:
        known = list(self._links)
        found = process.extract(
            term, known, scorer=token_sort_ratio, score_cutoff=self._similarity, limit=None
        )
        return [other for other, _score, _place in found]


class SharedTermInAnyOrder(SharedTerm):
    """The same of hits in any order, or that last: the last uses are those that began last."""

    takes_any_order = True

    def __init__(self, similarity: float, most: int = MOST_TERMS) -> None:
        super().__init__(similarity, most)
        self._begun: dict[str, list[_Use]] = {}
        self._last: list[tuple[_Use, str]] = []
        """The last use of each term, in order."""

    def add(self, hit: Hit) -> None:
        """Count who uses its terms."""
        super().add(hit)
        for term in set(hit.values):
            self._change(term, partial(insort, x=_find_use(hit)))

    def remove(self, hit: Hit) -> None:
        """Count out who uses its terms."""
        super().remove(hit)
        for term in set(hit.values):
            self._change(term, partial(_delete, use=_find_use(hit)))

    def _change(self, term: str, change: Callable[[list[_Use]], None]) -> None:
        """Change the uses of a term, and with them its last."""
        uses = self._begun.setdefault(term, [])
        if uses:
            del self._last[bisect_left(self._last, (uses[-1], term))]
        change(uses)
        if uses:
            insort(self._last, (uses[-1], term))
        else:
            del self._begun[term]

    def _order_uses(self) -> Iterable[str]:
        return (term for _use, term in reversed(self._last))

    def find_margins(self, condition: Condition, _largest: float, /) -> Margins:
        """Where more users meet a condition that fewer meet: a new term that pushes none out.

        And the loss of users and of uses that terms have to spare which are all similar.
        """
        self._link()
        if not rises_only(condition):
            return NOTHING
        most = max((len(cluster.users) for cluster in self._clusters.values()), default=0)
        spare = self._most - len(self._uses)
        if count_slack(condition, most).added < inf:
            return Margins(0, inf if spare >= 0 else 0)
        oldest = -inf if spare > 0 else self._last[-self._most][0][0]
        kept = self._count_spare(condition, -inf if spare >= 0 else oldest)
        return Margins(max(spare, 0), kept, oldest)

    def _count_spare(self, condition: Condition, since: float) -> float:
        """How many uses terms may lose that are all similar; they are kept by those `since`."""
        terms = self._choose_similar()
        users = sum((self._users[term] for term in terms), Counter[str]())
        slack = count_slack(condition, len(users)).removed
        if count_slack(condition, len(users)).added < inf:
            return 0
        to_lose = sum(sorted(users.values())[: floor(slack) + 1])
        recent = [
            len(uses) - bisect_left(uses, since, key=lambda use: use[0])
            for uses in map(self._begun.__getitem__, terms)
        ]
        return min(to_lose, *recent) - 1 if since > -inf else to_lose - 1

    def _choose_similar(self) -> set[str]:
        """The term that is used most, and some that are linked with it and with one another."""
        first = max(self._links, key=lambda term: (self._uses[term], term))
        chosen = {first}
        for term in sorted(self._links[first])[:_FEW]:
            if chosen <= self._links[term]:
                chosen.add(term)
        return chosen


def _find_use(hit: Hit) -> _Use:
    return (hit.first, *hit.key)


def _delete(uses: list[_Use], use: _Use) -> None:
    del uses[bisect_left(uses, use)]
