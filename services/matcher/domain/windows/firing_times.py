"""FiringTimes: the firing times of a window's hits, kept up to date as hits come and go."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from schemas.rule import CorrelationType
from services.matcher.domain.windows.ordered import NumberedPane, Ordered
from services.matcher.domain.windows.passes import FiringPass, Firings, make_pass
from services.matcher.domain.windows.state import Hit, WindowState, span
from services.matcher.domain.windows.window_rule import WindowRule

_NEVER = -(2**63)


class ChangedTimes(NamedTuple):
    """From which hit to which, in time, a window changed."""

    first: int
    last: int


@dataclass(slots=True)
class FiringTimes:
    """The firing times of one window's hits, which are points in time. It changes with them.

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

    def follow(self, hits: Ordered[Hit], settled_until: int) -> ChangedTimes | None:
        """Go over to other hits; what changed, but hits that no time behind `settled_until` needs.

        A hit behind all others costs what it changes; others, that the times at which windows that
        it may be in fire are found anew.
        """
        if hits is self.hits:
            return None
        gone, new = hits.compare(self.hits)
        former, present = _list_hits(gone), _list_hits(new)
        removed = [hit for key, hit in former.items() if key not in present]
        added = [hit for key, hit in present.items() if key not in former]
        newest, self.hits = self.hits[-1] if self.hits else None, hits
        changed = [hit for hit in removed if hit.at + self.look_back - 1 > settled_until]
        if removed and not changed:
            self._forget_times(max(hit.at for hit in removed))
        is_next = newest is None or all(hit.order > newest.order for hit in added)
        if is_next and not changed and not self._counts(removed, newest):
            for hit in added:
                self._pass.add(hit, self.firings)
        else:
            self._find_anew([hit.at for hit in (*changed, *added)] or [hits[-1].at if hits else 0])
        times = [hit.at for hit in (*changed, *added)]
        return ChangedTimes(min(times), max(times)) if times else None

    def _counts(self, removed: Sequence[Hit], newest: Hit | None) -> bool:
        """Whether the pass may count a hit that is removed."""
        return newest is not None and any(hit.at > newest.at - self.look_back for hit in removed)

    def _forget_times(self, until: int) -> None:
        passed = bisect_right(self.firings.times, until)
        del self.firings.times[:passed], self.firings.values[:passed]

    def _find_anew(self, changed: Sequence[int]) -> None:
        """Find the times anew at which windows with hits of these times fire, and the pass."""
        if not self.hits:
            self._pass, self.firings = self._begin(), Firings()
            return
        first, last = min(changed), max(changed) + self.look_back - 1
        passing, firings = self._begin(), Firings()
        for hit in self.hits.between(first - self.look_back, last):
            passing.add(hit, firings)
        self.firings.put(firings, first, last)
        if self.hits[-1].at <= last:
            self._pass = passing

    def _begin(self) -> FiringPass:
        return make_pass(self.rule, WindowState(since=self.since))


def _list_hits(panes: Iterable[NumberedPane[Hit]]) -> dict[int, Hit]:
    return {id(hit): hit for pane in panes for hit in pane.items}
