"""FiringTimes: the firing times of a window's hits, kept up to date as hits come and go."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from schemas.rule import CorrelationType
from services.matcher.domain.windows.absence import find_answers
from services.matcher.domain.windows.chains import find_chain_margins, list_deciding
from services.matcher.domain.windows.changed_hits import ChangedHits, compare_hits
from services.matcher.domain.windows.condition import count_key
from services.matcher.domain.windows.firing_pass import AskingPass, FiringPass, Firings
from services.matcher.domain.windows.key_counts import count_out
from services.matcher.domain.windows.margins import (
    MOST_TIMES,
    UNLIMITED,
    MarginsByTime,
    Move,
    Weight,
)
from services.matcher.domain.windows.ordered import Ordered, find_difference
from services.matcher.domain.windows.passes import make_asking_pass, make_pass
from services.matcher.domain.windows.shared_margins import find_shared_margins
from services.matcher.domain.windows.state import Hit, WindowState, span
from services.matcher.domain.windows.window import hits_between, hits_near, list_times
from services.matcher.domain.windows.window_rule import NOVEL, NUMERIC, WindowRule

_UNCHANGED = ChangedHits()


@dataclass(slots=True)
class FiringTimes:
    """The firing times of one window's hits. It changes with them.

    What `find_firings` finds in `hits`, but of an absence whatever the clock; of those that are
    settled, only what hits may decide on that came since. `asked` are the first and the last time
    that may be new, or gone, since the hits before. At most `most` times share their margins.
    """

    rule: WindowRule
    since: int | None
    most: int = MOST_TIMES
    hits: Ordered[Hit] = field(default_factory=Ordered)
    firings: Firings = field(default_factory=Firings)
    asked: tuple[int, int] | None = None
    _margins: MarginsByTime = field(init=False)
    _largest: float = 1
    """No number of a hit exceeds it."""
    _keys: Counter[str] = field(default_factory=Counter)
    """How many hits have each, where each counts with one number."""
    _pass: FiringPass = field(init=False)

    def __post_init__(self) -> None:
        self._pass = make_pass(self.rule, self._watched)
        self._margins = MarginsByTime(self.most)

    @property
    def look_back(self) -> int:
        """For how long after a hit firing times may depend on it, one microsecond more at most."""
        is_absence = self.rule.type is CorrelationType.ABSENCE
        return span(self.rule.look_back) + is_absence

    def follow(self, hits: Ordered[Hit], settled_until: int) -> ChangedHits:
        """Go over to other hits, of which times up to `settled_until` need no more be right.

        A hit behind all others costs what it changes; for others those times are asked anew whose
        margins they exceed.
        """
        self.asked = None
        if hits is self.hits:
            return _UNCHANGED
        newest = self.hits[-1] if self.hits else None
        changed = compare_hits(hits, self.hits, settled_until - self.look_back + 1)
        self.hits = hits
        self._note_numbers(changed)
        if changed.forgotten:
            self._forget_until(max(hit.at for hit in changed.forgotten) + self.look_back - 1)
        is_next = newest is None or all(self._is_next(hit, newest) for hit in changed.added)
        if is_next and not changed.removed and not self._counts(changed.forgotten, newest):
            self._extend(changed)
        elif self.rule.type is CorrelationType.ABSENCE:
            self._find_absences(changed)
        else:
            self._find_anew(changed)
        if self.rule.type in NUMERIC:
            gone = (*changed.removed, *changed.forgotten)
            count_out(self._keys, (count_key(self.rule.count_by, hit) for hit in gone))
        return changed

    def find_value(self, place: int) -> float:
        """The value counted at the firing time that is there in order."""
        return self.find_values([place])[0]

    def find_values(self, places: Sequence[int]) -> list[float]:
        """The values counted at firing times that are there in order, all by one pass."""
        times, values = self.firings.times, self.firings.values
        unknown = [place for place in places if values[place] is None]
        counted = self._count([times[place] for place in unknown])
        for place, value in zip(unknown, counted, strict=True):
            values[place] = value
        return [values[place] or 0.0 for place in places]

    def find_pass(self, t: int) -> FiringPass | None:
        """The pass, if t is the time of the last hit."""
        return self._pass if self.hits and self.hits[-1].at == t else None

    @property
    def _watched(self) -> WindowState:
        return WindowState(since=self.since)

    def _note_numbers(self, changed: ChangedHits) -> None:
        """Note the largest, and count the hits of each key, those that are removed too."""
        if self.rule.type in NUMERIC:
            numbers = (abs(float(hit.values[0])) for hit in changed.added)
            self._largest = max((self._largest, *numbers))
            self._keys.update(count_key(self.rule.count_by, hit) for hit in changed.added)

    def _is_next(self, hit: Hit, newest: Hit) -> bool:
        """Whether the pass goes on with a hit: no time of it is before one that was asked."""
        begins = hit.at if self.rule.type is CorrelationType.ABSENCE else hit.first
        return begins >= newest.at and hit.order > newest.order

    def _counts(self, removed: Sequence[Hit], newest: Hit | None) -> bool:
        """Whether the pass may count a hit that is removed."""
        return newest is not None and any(hit.at > newest.at - self.look_back for hit in removed)

    def _forget_until(self, last: int) -> None:
        """Forget times that depend on hits which are forgotten: a late hit has them asked anew."""
        passed = bisect_right(self.firings.times, last)
        del self.firings.times[:passed], self.firings.values[:passed]
        self._margins.forget_until(last)

    def _extend(self, changed: ChangedHits) -> None:
        times = list_times(changed.added)
        self._pass.extend(changed.added, times, self.firings)
        self._margins.insert(times)
        if changed:
            self.asked = changed.first, changed.last + self.look_back

    def _find_absences(self, changed: ChangedHits) -> None:
        """Find the times anew at which an answer is overdue that hits may be, or wait for."""
        if not self.hits:
            self._pass, self.firings = make_pass(self.rule, self._watched), Firings()
            return
        newest = self.hits[-1].at
        first, last = (changed.first, changed.last) if changed else (newest, newest)
        begin, deciding = find_answers(self.rule, self.hits, first, last)
        self.asked, firings = (begin + self.look_back, last + self.look_back - 1), Firings()
        make_pass(self.rule, self._watched).extend(deciding, (), firings)
        self.firings.put(firings, *self.asked)
        # what comes next at the same time is answered by what is there
        self._pass = make_pass(self.rule, self._watched)
        self._pass.extend(hits_between(self.hits, newest - 1, newest), (), Firings())

    def _find_anew(self, changed: ChangedHits) -> None:
        """Ask at the times again at which the rule may fire now, or not, and renew the pass."""
        if not self.hits:
            self._pass, self.firings = make_pass(self.rule, self._watched), Firings()
            self._margins = MarginsByTime(self.most)
            return
        if changed:
            first, last = changed.first, changed.last + self.look_back - 1
            self._spend(changed, first, last)
            self.firings.outdate(first, last)
            self._drop_gone(changed.removed)
            newest = self.hits[-1].at
            self._prove(first, min(last, newest))
            for unknown in self._margins.list_unknown(first, min(last, newest)):
                passing = self._ask_between(*unknown)
                if unknown[1] == newest:
                    self._pass = passing
                    return
            if last < newest:
                return
        self._renew_pass(changed)

    def _spend(self, changed: ChangedHits, first: int, last: int) -> None:
        weights = [Weight(hit.first, *self._weigh(hit)) for hit in changed.added]
        weights += [Weight(hit.first, *self._weigh(hit)[::-1]) for hit in changed.removed]
        self._margins.spend(first, last, weights)
        self._margins.insert(list_times(changed.added))

    def _weigh(self, hit: Hit) -> Move:
        weigher = self._begin() if self._asking is None else self._asking
        is_alone = not self.rule.certain and self._keys[count_key(self.rule.count_by, hit)] == 1
        return weigher.weigh(hit, self._largest, alone=is_alone)

    @property
    def _asking(self) -> AskingPass | None:
        return self._pass if isinstance(self._pass, AskingPass) else None

    def _drop_gone(self, removed: Sequence[Hit]) -> None:
        """Without times that no hit has any more."""
        for hit in removed:
            near = hits_near(self.rule, self.hits, hit.first - 1, hit.at)
            for time in set(hit.times).difference(*(other.times for other in near)):
                self.firings.drop(time, time)
                self._note_asked(time, time)

    def _note_asked(self, first: int, last: int) -> None:
        known = self.asked or (first, last)
        self.asked = min(first, known[0]), max(last, known[1])

    def _ask_between(self, first: int, last: int) -> AskingPass:
        """Ask at all times from one to another, and note their margins."""
        passing, firings = self._begin(), Firings()
        near = self._list_counted(first, last)
        times = [time for time in list_times(near) if first <= time <= last]
        by_first, counted, ends = sorted(near, key=lambda hit: hit.first), 0, first
        for asked in _split(times, self.most):
            end = bisect_right(by_first, asked[-1], key=lambda hit: hit.first)
            known = len(firings.times)
            margins = passing.extend_knowing(by_first[counted:end], asked, firings, self._largest)
            if self.rule.type is CorrelationType.TEMPORAL_ORDERED:
                firing = len(firings.times) - known
                margins = find_chain_margins(self.rule, self.hits, asked, firing)
            until = last if asked[-1] == times[-1] else asked[-1]
            self._margins.add(ends, until, len(asked), margins)
            counted, ends = end, until + 1
        if not times:
            self._margins.add(first, last, 0, UNLIMITED)
        self._put(firings, first, last)
        return passing

    def _prove(self, first: int, last: int) -> None:
        """Note for which of the times that have to be asked a few hits prove that all fire."""
        if self.rule.type is not CorrelationType.SHARED_TERM:
            return
        for begins, ends in self._margins.list_unknown(first, last):
            near = hits_near(self.rule, self.hits, begins - 1, ends)
            times = [time for time in list_times(near) if begins <= time <= ends]
            for proven in _split(times, self.most):
                margins = find_shared_margins(self.rule, self.hits, proven)
                if margins is not None:
                    firings = Firings(list(proven), [None] * len(proven))
                    self._put(firings, proven[0], proven[-1])
                    self._margins.add(proven[0], proven[-1], len(proven), margins)

    def _put(self, firings: Firings, first: int, last: int) -> None:
        """Take the times from one to another over, and note which are new, or gone."""
        here, there = self.firings.find(first, last), firings.find(first, last)
        for times in find_difference(self.firings.times[here], firings.times[there]):
            for time in (*times[:1], *times[-1:]):
                self._note_asked(time, time)
        self.firings.put(firings, first, last)

    def _list_counted(self, first: int, last: int) -> Sequence[Hit]:
        """The hits that decide on the times from one to another."""
        before = list_deciding(self.rule, self.hits, first - 1) if self._follows_chains else ()
        after = first - (1 if self._follows_chains else self.look_back)
        return [*before, *hits_near(self.rule, self.hits, after, last)]

    @property
    def _follows_chains(self) -> bool:
        return self.rule.type is CorrelationType.TEMPORAL_ORDERED and not self.rule.certain

    def _renew_pass(self, changed: ChangedHits) -> None:
        """Have the pass count the hits that there are now, behind none of which it asked."""
        newest, asking = self.hits[-1], self._asking
        is_behind = any(hit.at > newest.at for hit in changed.removed)
        is_known = changed and not is_behind and not self._counts(changed.forgotten, newest)
        if is_known and asking is not None and asking.revise(changed.added, changed.removed):
            return
        self._pass = self._begin()
        self._pass.extend(self._list_deciding(newest.at), [newest.at], Firings())

    def _list_deciding(self, time: int) -> Sequence[Hit]:
        """The hits that a pass has to count at the last time."""
        if self._follows_chains:
            return list_deciding(self.rule, self.hits, time)
        first = time - self.look_back
        if self.rule.type in NOVEL and not self.rule.certain:
            before = (hit.at for hit in self.hits.backwards(time) if hit.first < time)
            first = next(before, first) - 1
        return hits_near(self.rule, self.hits, first, time)

    def _count(self, times: Sequence[int]) -> Sequence[float | None]:
        """The values at times at which it fires, in order."""
        if not times:
            return ()
        if self._asking is not None and times == [self.hits[-1].at]:
            return [self._asking.ask(times[0])]
        passing, firings = self._begin(), Firings()
        near = hits_near(self.rule, self.hits, times[0] - self.look_back, times[-1])
        passing.extend(near, times, firings)
        return firings.values

    def _begin(self) -> AskingPass:
        return make_asking_pass(self.rule, self._watched, any_order=True)


def _split(times: Sequence[int], most: int) -> Iterator[Sequence[int]]:
    """Times in parts that are asked again together."""
    parts = -(-len(times) // most)
    for part in range(parts):
        yield times[part * len(times) // parts : (part + 1) * len(times) // parts]
