"""Clusters: terms that are spellings of one name, and who uses them."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from rapidfuzz import process
from rapidfuzz.fuzz import token_sort_ratio

from services.matcher.domain.windows.state import Hit

MOST_TERMS = 256
"""Terms of one window that are compared: those used last."""


@dataclass(frozen=True, slots=True)
class TermCluster:
    """Terms that are linked, directly or through others, and the `by` values that use them."""

    terms: tuple[str, ...]
    by: frozenset[str]


def find_largest_cluster(hits: Iterable[Hit], similarity: float) -> TermCluster | None:
    """The cluster with most distinct `by` values, then with the least term; None without terms.

    Two folded terms are linked if rapidfuzz's `token_sort_ratio` (0 to 100) is at least
    `similarity`. Of the terms of sorted hits it compares the MOST_TERMS used last, of one hit the
    greatest.
    """
    measure = SharedTerm(similarity)
    for hit in hits:
        measure.add(hit)
    return measure.find_largest()


class SharedTerm:
    """A measure: the number of distinct `by` values of the window's largest cluster.

    A term is compared with the others once, when it comes among those used last.
    """

    def __init__(self, similarity: float) -> None:
        self._similarity = similarity
        self._users: dict[str, Counter[str]] = {}
        self._uses: dict[str, int] = {}
        """How many hits have each term; the term used last is the last."""
        self._links: dict[str, set[str]] = {}

    def add(self, hit: Hit) -> None:
        """Count who uses its terms."""
        for term in sorted(set(hit.values)):
            self._uses[term] = self._uses.pop(term, 0) + 1
            self._users.setdefault(term, Counter()).update(hit.by)

    def remove_oldest(self, hit: Hit) -> None:
        """Count out who uses its terms."""
        for term in set(hit.values):
            users = self._users[term]
            users.subtract(hit.by)
            self._users[term] = +users if min(users.values(), default=1) < 1 else users
            self._uses[term] -= 1
            if not self._uses[term]:
                del self._uses[term], self._users[term]

    def value(self) -> float | None:
        """The number of `by` values; None if no hit has a term."""
        largest = self.find_largest()
        return None if largest is None else float(len(largest.by))

    def find_largest(self) -> TermCluster | None:
        """The largest cluster."""
        clusters = (
            TermCluster(
                tuple(sorted(terms)), frozenset().union(*(self._users[term] for term in terms))
            )
            for terms in self._list_clusters()
        )
        return min(clusters, key=lambda cluster: (-len(cluster.by), cluster.terms), default=None)

    def _list_clusters(self) -> Iterator[set[str]]:
        self._link()
        left = set(self._links)
        while left:
            cluster, reached = set[str](), {left.pop()}
            while reached:
                cluster |= reached
                left -= reached
                reached = set().union(*map(self._links.__getitem__, reached)) & left
            yield cluster

    def _link(self) -> None:
        """Compare the terms that are now among those used last, and forget those that are not."""
        kept = dict.fromkeys(islice(reversed(self._uses), MOST_TERMS))
        for term in self._links.keys() - kept.keys():
            for other in self._links.pop(term):
                self._links[other].discard(term)
        for term in kept.keys() - self._links.keys():
            self._links[term] = set()
            for other in self._find_similar(term):
                self._links[term].add(other)
                self._links[other].add(term)

    def _find_similar(self, term: str) -> list[str]:
        known = list(self._links)
        found = process.extract(
            term, known, scorer=token_sort_ratio, score_cutoff=self._similarity, limit=None
        )
        return [other for other, _score, _place in found if other != term]
