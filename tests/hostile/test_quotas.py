"""Reports of one owner that are slow to evaluate take their own time, and no other's."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest

from schemas.envelope import RETRACTION, header
from schemas.event import Event
from schemas.topics import DEAD_LETTERS, SIGNALS
from services.environment import InvalidEnvironment, load
from services.matcher.adapters.detection.detect import Detection
from services.matcher.adapters.detection.matcher import MatchResult
from services.matcher.adapters.detection.quotas import (
    BURST_SECONDS,
    MOST_DEBT_SECONDS,
    MOST_OWNERS,
    ORDINARY_SECONDS,
    OVER_QUOTA,
    WAITED_SECONDS,
    Quotas,
)
from services.matcher.settings import MatcherSettings
from tests.matcher.builders import hit
from tests.matcher.detections import detection_by, sender_of
from tests.matcher.messages import as_event, event, given

SLOW = 0.2
RATE = 0.08
EVIL = {"source": "evil", "source_owner": "evil"}


@dataclass
class SlowMatcher:
    """Takes `cost` seconds of the processor for a report of evil, and nothing for others."""

    cost: float = SLOW
    spent: float = 0.0
    asked: list[str] = field(default_factory=list)

    def __call__(self, report: Event) -> MatchResult:
        self.asked.append(report.source)
        self.spent += self.cost if report.source.startswith("evil") else 0.0
        return MatchResult((hit(0),))

    def processor(self) -> float:
        return self.spent

    def quotas(self, wall: Callable[[], float] = time.time) -> Quotas:
        return Quotas(RATE, self.processor, wall)


def detection(matcher: SlowMatcher) -> Detection:
    return replace(detection_by(matcher), quotas=matcher.quotas())


def match_at_once(matcher: SlowMatcher, count: int, waited: float) -> list[MatchResult | None]:
    """What comes of so many reports of evil that were recorded together, so long ago."""
    report = as_event(recorded_at=at(0), **EVIL)
    assert report.recorded_at is not None
    now = report.recorded_at.timestamp() + waited
    quotas = matcher.quotas(lambda: now)
    return [quotas.match(matcher, report, 0) for _ in range(count)]


def at(seconds: float) -> str:
    return f"2020-01-14T12:{int(seconds) // 60:02}:{seconds % 60:06.3f}Z"


async def test_past_the_quota_of_its_owner_a_report_is_a_dead_letter_and_no_rule_is_asked() -> None:
    matcher = SlowMatcher()
    detect = detection(matcher)

    for number in range(5):
        await detect.process(given(event(id=f"e-{number}", **EVIL)))

    letters = sender_of(detect).to(DEAD_LETTERS)
    assert matcher.asked == ["evil"] * 2
    assert [header(letter.headers, "reason") for letter in letters] == [OVER_QUOTA] * 3
    assert as_event(id="e-2", **EVIL) == Event.model_validate_json(letters[0].value or b"")


async def test_reports_of_others_are_evaluated_meanwhile() -> None:
    matcher = SlowMatcher()
    detect = detection(matcher)

    for number in range(5):
        await detect.process(given(event(id=f"e-{number}", **EVIL)))
    await detect.process(given(event()))

    assert matcher.asked[-1] == "reuters"
    assert len(sender_of(detect).to(SIGNALS)) == 3


async def test_channels_of_one_owner_share_its_quota() -> None:
    matcher = SlowMatcher()
    detect = detection(matcher)

    for number in range(5):
        channel = {"source": f"evil:{number}", "source_owner": "evil"}
        await detect.process(given(event(id=f"e-{number}", **channel)))

    assert len(matcher.asked) == 2


async def test_past_the_quota_a_correction_still_takes_back_what_it_corrects() -> None:
    detect = detection(SlowMatcher())

    for number in range(5):
        await detect.process(given(event(id=f"e-{number}", retracts="e-9", **EVIL)))

    sent = [header(record.headers, "ce_type") for record in sender_of(detect).to(SIGNALS)]
    assert sent.count(RETRACTION) == 5 * detect.partitions


async def test_a_backlog_is_allowed_as_much_as_when_it_was_new() -> None:
    matcher = SlowMatcher()
    detect = detection(matcher)

    for number in range(12):
        reported = event(id=f"e-{number}", recorded_at=at(4 * number), **EVIL)
        await detect.process(given(reported))

    assert len(matcher.asked) == 12


def test_a_partition_that_lags_behind_another_has_its_own_quota() -> None:
    matcher = SlowMatcher()
    quotas = matcher.quotas()

    later = as_event(recorded_at=at(600), **EVIL)
    results = [quotas.match(matcher, later, 0) for _ in range(3)]

    assert results[-1] is None
    assert quotas.match(matcher, as_event(**EVIL), 1) is not None


@pytest.mark.parametrize(("cost", "evaluated"), [(ORDINARY_SECONDS, 1000), (SLOW, 2)])
def test_ordinary_reports_take_nothing_of_a_quota(cost: float, evaluated: int) -> None:
    results = match_at_once(SlowMatcher(cost), 1000, waited=60)

    assert sum(result is not None for result in results) == evaluated


@pytest.mark.parametrize(("waited", "evaluated"), [(WAITED_SECONDS, 4), (WAITED_SECONDS + 0.1, 2)])
def test_costly_reports_are_evaluated_while_nothing_waits(waited: float, evaluated: int) -> None:
    results = match_at_once(SlowMatcher(), 4, waited)

    assert sum(result is not None for result in results) == evaluated


def test_but_not_one_after_the_other_until_others_hardly_have_a_turn() -> None:
    matcher = SlowMatcher()

    match_at_once(matcher, 1000, waited=0)

    assert matcher.spent <= RATE * (BURST_SECONDS + MOST_DEBT_SECONDS) + SLOW


def test_a_debt_is_paid_as_the_quota_grows() -> None:
    matcher = SlowMatcher()
    now = as_event(recorded_at=at(0), **EVIL).learned_at.timestamp()
    quotas = matcher.quotas(lambda: now)
    for _ in range(1000):
        quotas.match(matcher, as_event(recorded_at=at(0), **EVIL), 0)

    later = as_event(recorded_at=at(2 * SLOW / RATE), **EVIL)

    assert quotas.match(matcher, as_event(recorded_at=at(0), **EVIL), 0) is None
    assert quotas.match(matcher, later, 0) is not None


def test_invented_owners_take_bounded_memory() -> None:
    matcher = SlowMatcher()
    quotas = matcher.quotas()

    for number in range(MOST_OWNERS + 10):
        quotas.match(matcher, as_event(source=f"evil-{number}"), 0)

    assert len(quotas.buckets) == MOST_OWNERS
    assert (0, "evil-10") in quotas.buckets


def test_the_quota_comes_from_the_environment() -> None:
    assert load(MatcherSettings, {}).detect_quota_ms == 200
    with pytest.raises(InvalidEnvironment, match="VEDETTE_DETECT_QUOTA_MS"):
        load(MatcherSettings, {"VEDETTE_DETECT_QUOTA_MS": "0"})
