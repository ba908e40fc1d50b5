"""Excess: which hits a key that holds too many settles first."""

from collections import Counter, deque
from heapq import heapify, heappop, heappush

from services.matcher.domain.windows.ordered import Ordered
from services.matcher.domain.windows.state import Hit

_Rank = tuple[int, tuple[int, str, str], str]
"""Of an owner: how many hits it holds, negative, the order of its oldest, and its name."""


def choose_excess(hits: Ordered[Hit], most: int) -> list[Hit]:
    """The hits that go until at most `most` are left, in the order in which they go.

    The next is the oldest of the owner that holds most by then; of several such owners, the oldest
    of theirs. So a flood settles its own hits, not those of others. An event goes with all its
    hits; a hit of several owners counts for each.
    """
    holdings, gone = _Holdings(hits), list[Hit]()
    while len(hits) - len(gone) > most:
        gone += holdings.take_next()
    return gone


class _Holdings:
    """The hits of each owner, and who holds most."""

    def __init__(self, hits: Ordered[Hit]) -> None:
        self._hits = hits
        self._by_owner: dict[str, deque[Hit]] = {}
        for hit in hits:
            for owner in set(hit.owners):
                self._by_owner.setdefault(owner, deque()).append(hit)
        self._held = Counter({owner: len(own) for owner, own in self._by_owner.items()})
        self._gone = set[str]()
        self._ranks = [self._rank(owner) for owner in self._by_owner]
        heapify(self._ranks)

    def take_next(self) -> tuple[Hit, ...]:
        """The hits of the next event, which are held no more."""
        owner = self._find_richest()
        event = self._hits.of_identity(self._by_owner[owner][0].identity)
        self._gone.add(event[0].identity)
        self._held.subtract(holder for hit in event for holder in set(hit.owners))
        self._push(owner)
        return event

    def _find_richest(self) -> str:
        """The first owner by rank; a rank that others made out of date is renewed on the way."""
        while True:
            rank = heappop(self._ranks)
            owner = rank[-1]
            self._skip_gone(owner)
            if self._held[owner] and rank == self._rank(owner):
                return owner
            self._push(owner)

    def _push(self, owner: str) -> None:
        self._skip_gone(owner)
        if self._held[owner]:
            heappush(self._ranks, self._rank(owner))

    def _skip_gone(self, owner: str) -> None:
        own = self._by_owner[owner]
        while own and own[0].identity in self._gone:
            own.popleft()

    def _rank(self, owner: str) -> _Rank:
        return (-self._held[owner], self._by_owner[owner][0].order, owner)
