"""FiringTimes: the firing times of a window's hits, kept up to date as hits come and go."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from schemas.rule import CorrelationType
from services.matcher.domain.windows.firing_pass import FiringPass, Firings
from services.matcher.domain.windows.ordered import NumberedPane, Ordered
from services.matcher.domain.windows.passes import make_pass
from services.matcher.domain.windows.state import Hit, WindowState, span
from services.matcher.domain.windows.window import hits_near, list_times
from services.matcher.domain.windows.window_rule import WindowRule


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


_UNCHANGED = ChangedHits()


@dataclass(slots=True)
class FiringTimes:
    """The firing times of one window's hits. It changes with them.

    What `find_firings` finds in `hits`, but of an absence whatever the clock. Behind
    `forgotten_until` they are those of hits that are held no more too.
    """

    rule: WindowRule
    since: int | None
    hits: Ordered[Hit] = field(default_factory=Ordered)
    firings: Firings = field(default_factory=Firings)
    _pass: FiringPass = field(init=False)

    def __post_init__(self) -> None:
        self._pass = self._begin()

    @property
    def look_back(self) -> int:
        """For how long after a hit firing times may depend on it, one microsecond more at most."""
        is_absence = self.rule.type is CorrelationType.ABSENCE
        return span(self.rule.look_back) + is_absence

    def follow(self, hits: Ordered[Hit], settled_until: int) -> ChangedHits:
        """Go over to other hits, of which times up to `settled_until` need no more be right.

        A hit behind all others costs what it changes; others, that the times at which windows that
        it may be in fire are found anew.
        """
        if hits is self.hits:
            return _UNCHANGED
        newest = self.hits[-1] if self.hits else None
        changed = self._compare(hits, settled_until)
        self.hits = hits
        if changed.forgotten and not changed.removed:
            self._forget_times(max(hit.at for hit in changed.forgotten))
        is_next = newest is None or all(self._is_next(hit, newest) for hit in changed.added)
        if is_next and not changed.removed and not self._counts(changed.forgotten, newest):
            self._pass.extend(changed.added, list_times(changed.added), self.firings)
        else:
            self._find_anew(changed)
        return changed

    def find_pass(self, t: int) -> FiringPass | None:
        """The pass, if t is the time of the last hit."""
        return self._pass if self.hits and self.hits[-1].at == t else None

    def _compare(self, hits: Ordered[Hit], settled_until: int) -> ChangedHits:
        gone, new = hits.compare(self.hits)
        former, present = _list_hits(gone), _list_hits(new)
        removed = [hit for key, hit in former.items() if key not in present]
        until = settled_until - self.look_back + 1
        return ChangedHits(
            [hit for key, hit in present.items() if key not in former],
            [hit for hit in removed if hit.at > until],
            [hit for hit in removed if hit.at <= until],
        )

    def _is_next(self, hit: Hit, newest: Hit) -> bool:
        """Whether the pass goes on with a hit: no time of it is before one that was asked."""
        begins = hit.at if self.rule.type is CorrelationType.ABSENCE else hit.first
        return begins >= newest.at and hit.order > newest.order

    def _counts(self, removed: Sequence[Hit], newest: Hit | None) -> bool:
        """Whether the pass may count a hit that is removed."""
        return newest is not None and any(hit.at > newest.at - self.look_back for hit in removed)

    def _forget_times(self, until: int) -> None:
        passed = bisect_right(self.firings.times, until)
        del self.firings.times[:passed], self.firings.values[:passed]

    def _find_anew(self, changed: ChangedHits) -> None:
        """Find the times anew at which windows fire that hits may be in, and the pass."""
        if not self.hits:
            self._pass, self.firings = self._begin(), Firings()
            return
        first, last = (changed.first, changed.last) if changed else 2 * (self.hits[-1].at,)
        last += self.look_back - 1
        passing, firings = self._begin(), Firings()
        earliest = min(first, self.hits[-1].at)
        near = hits_near(self.rule, self.hits, earliest - self.look_back, last)
        times = [time for time in list_times(near) if earliest <= time <= last]
        passing.extend(near, times, firings)
        self.firings.put(firings, first, last)
        if self.hits[-1].at <= last:
            self._pass = passing

    def _begin(self) -> FiringPass:
        return make_pass(self.rule, WindowState(since=self.since))


def _list_hits(panes: Iterable[NumberedPane[Hit]]) -> dict[int, Hit]:
    return {id(hit): hit for pane in panes for hit in pane.items}
