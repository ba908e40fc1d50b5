"""ChangedHits: how the hits of a window changed from one state to another."""

from collections.abc import Sequence
from typing import NamedTuple

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
