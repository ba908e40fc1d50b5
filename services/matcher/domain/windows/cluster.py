"""Clusters: which terms are spellings of one name, and how many speak it."""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

from rapidfuzz.fuzz import token_sort_ratio

from services.matcher.domain.windows.state import Hit


@dataclass(frozen=True, slots=True)
class TermCluster:
    """Terms that link to one another, directly or through others, and who uses them."""

    terms: tuple[str, ...]
    by: frozenset[str]


def largest_cluster(hits: Iterable[Hit], similarity: float) -> TermCluster | None:
    """The cluster with most distinct `by` values, then with the least term; None without terms.

    Two folded terms link at `similarity` (rapidfuzz's `token_sort_ratio`, 0 to 100); a cluster is
    what links.
    """
    users: dict[str, set[str]] = {}
    for hit in hits:
        for term in hit.values:
            users.setdefault(term, set()).update(hit.by)
    clusters = (
        TermCluster(terms, frozenset().union(*(users[term] for term in terms)))
        for terms in _linked(sorted(users), similarity)
    )
    return min(clusters, key=lambda one: (-len(one.by), one.terms), default=None)


def _linked(terms: Sequence[str], similarity: float) -> list[tuple[str, ...]]:
    root = {term: term for term in terms}

    def find(term: str) -> str:
        while root[term] != term:
            term = root[term]
        return term

    for one, other in combinations(terms, 2):
        if find(one) != find(other) and _alike(one, other) >= similarity:
            root[max(find(one), find(other))] = min(find(one), find(other))
    found: dict[str, list[str]] = {}
    for term in terms:
        found.setdefault(find(term), []).append(term)
    return [tuple(linked) for linked in found.values()]


@lru_cache(maxsize=65_536)
def _alike(one: str, other: str) -> float:
    return token_sort_ratio(one, other)


class SharedTerm:
    """A measure: how many different `by` values the largest cluster of the window has."""

    def __init__(self, similarity: float) -> None:
        self._similarity = similarity
        self._hits: deque[Hit] = deque()

    def take(self, hit: Hit) -> None:
        """Append it."""
        self._hits.append(hit)

    def drop(self, hit: Hit) -> None:  # noqa: ARG002  (it is the first one)
        """Let the first go."""
        self._hits.popleft()

    def value(self) -> float | None:
        """The number of them; None where no hit has a term."""
        cluster = largest_cluster(self._hits, self._similarity)
        return None if cluster is None else float(len(cluster.by))
