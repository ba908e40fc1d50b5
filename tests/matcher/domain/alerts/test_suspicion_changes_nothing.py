"""Whatever is suspected, in any order: what words find is what they find without it."""

from dataclasses import dataclass, field, replace

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from schemas.rule import Corroboration
from schemas.signal import Signal
from schemas.verdict import Judgement
from services.matcher.domain.alerts.evaluation import find_episodes
from services.matcher.domain.windows.announced_alerts import AnnouncedAlert, AnnouncedAlerts
from services.matcher.domain.windows.state import WindowState
from services.matcher.domain.windows.window_rule import WindowRule
from tests.matcher.any_hits import RULES as TYPES
from tests.matcher.any_hits import signals_of
from tests.matcher.builders import HOUR, NOON, retraction, suspected
from tests.matcher.course import WindowCourse

RULES = {
    **TYPES,
    "sure": replace(TYPES["count"], corroboration=Corroboration(sources=2, within=HOUR)),
    "cooldown": replace(TYPES["short gap"], cooldown=2 * HOUR),
    "few": replace(TYPES["range"], max_hits=4),
}
LONG_BEFORE = NOON - 20 * HOUR


@dataclass
class TwoCourses:
    """The same messages with suspected hits among them, and without any."""

    rule: WindowRule
    doubting: WindowCourse = field(init=False)
    sure: WindowCourse = field(init=False)

    def __post_init__(self) -> None:
        self.doubting = WindowCourse(self.rule, since=LONG_BEFORE)
        self.sure = WindowCourse(self.rule, since=LONG_BEFORE)

    def take(self, signal: Signal) -> None:
        self.doubting.take(signal)
        if signal.suspected:
            self.sure.offset += 1
        else:
            self.sure.take(signal)

    def tick(self, hours: float) -> None:
        clock = max(self.sure.clock or LONG_BEFORE, NOON + hours * HOUR)
        self.doubting.tick(clock)
        self.sure.tick(clock)
        self.doubting.offset = self.sure.offset = max(self.doubting.offset, self.sure.offset)

    def judge(self, judgement: Judgement, number: int) -> None:
        alerts = [alert for alert in self.doubting.final if alert.id in self.suspicions]
        if alerts:
            self.doubting.judge(judgement, alerts[number % len(alerts)])
            self.sure.offset += 1

    @property
    def suspicions(self) -> set[str]:
        """The ids of alerts that were ever suspected."""
        return {alert.id for alert in self.doubting.alerts if alert.suspected}

    def compare(self) -> None:
        doubting, sure = self.doubting.state, self.sure.state
        assert find_episodes(self.rule, doubting) == find_episodes(self.rule, sure)
        assert _strip(doubting) == _strip(sure)
        for one, other in zip(doubting.announced, sure.announced, strict=True):
            assert _anonymous(one) == _anonymous(other)
            assert one.id in self.suspicions or one.id == other.id


def _strip(state: WindowState) -> WindowState:
    known = {"suspicion": None, "evaluation": None, "offset": 0, "since": None}
    return msgspec.structs.replace(state, announced=AnnouncedAlerts(), **known)


def _anonymous(alert: AnnouncedAlert) -> AnnouncedAlert:
    return msgspec.structs.replace(alert, id="", revision=0, detected=0, updated=0)


@given(st.sampled_from(sorted(RULES)), st.data())
def test_what_words_find_is_the_same_at_every_step(name: str, data: st.DataObject) -> None:
    both = TwoCourses(RULES[name])
    pool = data.draw(signals_of(both.rule))
    doubted = data.draw(st.lists(st.sampled_from(pool)))

    for signal in data.draw(st.permutations([*pool, *map(suspected, doubted)])):
        match data.draw(st.integers(0, 7)):
            case 0:
                both.tick(data.draw(st.integers(0, 45)))
            case 1:
                gone = signal.model_copy(update={"kind": retraction(0).kind})
                both.take(gone)
            case 2:
                judgement = data.draw(st.sampled_from(Judgement))
                both.judge(judgement, data.draw(st.integers(0, 3)))
            case 3:
                both.doubting.restore()
        both.take(signal)
        both.compare()


@given(st.sampled_from(sorted(RULES)), st.data())
def test_every_alert_has_all_its_revisions_and_is_never_suspected_again(
    name: str, data: st.DataObject
) -> None:
    both = TwoCourses(RULES[name])
    pool = data.draw(signals_of(both.rule))
    for signal in data.draw(st.permutations([*pool, *map(suspected, pool)])):
        both.take(signal)
        both.tick(data.draw(st.integers(0, 45)))

    for alert in both.doubting.final:
        revisions = [one for one in both.doubting.alerts if one.id == alert.id]
        assert [one.revision for one in revisions] == list(range(1, len(revisions) + 1))
        doubts = [one.suspected for one in revisions]
        assert doubts == sorted(doubts, reverse=True)
