"""Clusters: terms that are spellings of one name, and who uses them."""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

from rapidfuzz.fuzz import token_sort_ratio

from services.matcher.domain.windows.state import Hit


@dataclass(frozen=True, slots=True)
class TermCluster:
    """Terms that are linked, directly or through others, and the `by` values that use them."""

    terms: tuple[str, ...]
    by: frozenset[str]


def find_largest_cluster(hits: Iterable[Hit], similarity: float) -> TermCluster | None:
    """The cluster with most distinct `by` values, then with the least term; None without terms.

    Two folded terms are linked if rapidfuzz's `token_sort_ratio` (0 to 100) is at least
    `similarity`.
    """
    users: dict[str, set[str]] = {}
    for hit in hits:
        for term in hit.values:
            users.setdefault(term, set()).update(hit.by)
    clusters = (
        TermCluster(terms, frozenset().union(*(users[term] for term in terms)))
        for terms in _link_terms(sorted(users), similarity)
    )
    return min(clusters, key=lambda cluster: (-len(cluster.by), cluster.terms), default=None)


def _link_terms(terms: Sequence[str], similarity: float) -> list[tuple[str, ...]]:
    root = {term: term for term in terms}

    def find_root(term: str) -> str:
        while root[term] != term:
            term = root[term]
        return term

    for left, right in combinations(terms, 2):
        roots = {find_root(left), find_root(right)}
        if len(roots) > 1 and _rate_similarity(left, right) >= similarity:
            root[max(roots)] = min(roots)
    linked: dict[str, list[str]] = {}
    for term in terms:
        linked.setdefault(find_root(term), []).append(term)
    return [tuple(group) for group in linked.values()]


@lru_cache(maxsize=65_536)
def _rate_similarity(left: str, right: str) -> float:
    return token_sort_ratio(left, right)


class SharedTerm:
    """A measure: the number of distinct `by` values of the window's largest cluster."""

    def __init__(self, similarity: float) -> None:
        self._similarity = similarity
        self._hits: deque[Hit] = deque()

    def add(self, hit: Hit) -> None:
        """Append it."""
        self._hits.append(hit)

    def remove_oldest(self, hit: Hit) -> None:  # noqa: ARG002  (it is the first one)
        """Remove the first."""
        self._hits.popleft()

    def value(self) -> float | None:
        """The number of `by` values; None if no hit has a term."""
        cluster = find_largest_cluster(self._hits, self._similarity)
        return None if cluster is None else float(len(cluster.by))
