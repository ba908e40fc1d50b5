"""ChangedHits: how the hits of a window changed from one state to another."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from services.matcher.domain.windows.ordered import NumberedPane, Ordered
from services.matcher.domain.windows.state import Hit


class ChangedHits(NamedTuple):
    """How the hits of a window changed; those `forgotten` change no time that is not settled."""

    added: Sequence[Hit] = ()
    removed: Sequence[Hit] = ()
    forgotten: Sequence[Hit] = ()

    @property
    def first(self) -> int:
        """The time at which the first one begins that was added or removed."""
        return min(hit.first for hit in (*self.added, *self.removed))

    @property
    def last(self) -> int:
        """The time of the last one that was added or removed."""
        return max(hit.at for hit in (*self.added, *self.removed))

    @property
    def moved(self) -> frozenset[str]:
        """The events of which one hit came and another went."""
        gone = frozenset(hit.identity for hit in self.removed)
        return gone.intersection(hit.identity for hit in self.added)

    def join(self, later: "ChangedHits") -> "ChangedHits":
        """These changes and later ones, as one: what came and went in between is no change."""
        if not (self or self.forgotten):
            return later
        added, gone = [*self.added, *later.added], (*later.removed, *later.forgotten)
        passed = set(map(id, added)) & set(map(id, (*self.removed, *self.forgotten, *gone)))
        return ChangedHits(
            *(
                [hit for hit in hits if id(hit) not in passed]
                for hits in (
                    added,
                    (*self.removed, *later.removed),
                    (*self.forgotten, *later.forgotten),
                )
            )
        )

    def __bool__(self) -> bool:
        """Whether any was added or removed."""
        return bool(self.added or self.removed)


def compare_hits(hits: Ordered[Hit], before: Ordered[Hit], forgotten_until: int) -> ChangedHits:
    """How hits changed since others; those up to a time that are gone are forgotten."""
    gone, new = hits.compare(before)
    former, present = _list_hits(gone), _list_hits(new)
    removed = [hit for key, hit in former.items() if key not in present]
    return ChangedHits(
        [hit for key, hit in present.items() if key not in former],
        [hit for hit in removed if hit.at > forgotten_until],
        [hit for hit in removed if hit.at <= forgotten_until],
    )


def _list_hits(panes: Iterable[NumberedPane[Hit]]) -> dict[int, Hit]:
    return {id(hit): hit for pane in panes for hit in pane.items}
