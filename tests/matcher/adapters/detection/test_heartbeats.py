"""detect: of every source some reports are told on; no rule sees the watchdog."""

from dataclasses import replace
from datetime import timedelta

from schemas.duty import WATCHDOG_SOURCE
from schemas.envelope import HEARTBEAT, header
from schemas.event import Event
from schemas.heartbeat import Heartbeat
from schemas.rule import SourceRhythm
from schemas.topics import SIGNALS
from services.matcher.adapters.detection.detect import Detection
from services.matcher.adapters.detection.heartbeats import MOST_SOURCES, Heartbeats
from services.matcher.adapters.detection.matcher import MatchResult
from services.matcher.adapters.topics.record_sender import ProducerRecord
from services.matcher.domain.rules.compile_sources import watched_sources
from tests.matcher.adapters.detection.test_detect import detecting, outbox
from tests.matcher.builders import NOON, hit
from tests.matcher.messages import as_event, given

SECOND = timedelta(seconds=1)
NAMED = watched_sources([{"telegram": SourceRhythm()}], ())


def report(seconds: float, source: str = "reuters") -> Event:
    at = NOON + seconds * SECOND
    return as_event(source=source, recorded_at=at.isoformat())


def heard(*reports: tuple[float, int], source: str = "reuters") -> list[float]:
    """Of reports at so many seconds in such partitions, when those were that are told on."""
    pulses = Heartbeats(lambda: NAMED)
    return [
        (pulse.at - NOON) / SECOND
        for seconds, partition in reports
        for pulse in pulses.of(report(seconds, source), partition)
    ]


def test_of_many_reports_one_in_a_while_is_told_on() -> None:
    assert heard(*((second, 0) for second in range(25))) == [0, 10, 20]


def test_each_partition_tells_for_itself() -> None:
    assert heard((0, 0), (1, 1), (2, 0), (3, 1)) == [0, 1]


def test_a_stamp_from_the_future_does_not_silence_what_follows() -> None:
    assert heard((1000, 0), (1, 0), (2, 0)) == [1000, 1]


def test_a_channel_is_heard_under_the_name_that_is_watched() -> None:
    pulses = Heartbeats(lambda: NAMED)

    (pulse,) = pulses.of(report(0, "telegram:@a"), 3)

    assert (pulse.source, pulse.partition) == ("telegram", 3)


def test_other_names_are_told_at_once() -> None:
    watched = [watched_sources([], ())]
    pulses = Heartbeats(lambda: watched[-1])
    assert [one.source for one in pulses.of(report(0, "telegram:@a"), 3)] == ["telegram:@a"]

    watched.append(NAMED)

    assert [one.source for one in pulses.of(report(1, "telegram:@a"), 3)] == ["telegram"]


def test_what_is_remembered_is_bounded() -> None:
    pulses = Heartbeats(lambda: NAMED)

    for number in range(MOST_SOURCES + 5):
        list(pulses.of(report(0, f"source-{number}"), 0))

    assert len(pulses.told) == MOST_SOURCES


def detection(pulses: Heartbeats | None) -> Detection:
    """One that finds a hit in anything."""
    return replace(detecting(lambda _event: MatchResult((hit(0),)), partitions=4), pulses=pulses)


async def sent(told: Detection, one: Event, partition: int = 1) -> list[ProducerRecord]:
    message = replace(
        given(one.model_dump(mode="json", exclude_defaults=True)), partition=partition
    )
    await told.take(message)
    return outbox(told).to(SIGNALS)


async def test_a_pulse_follows_the_signals_of_its_report() -> None:
    letters = await sent(detection(Heartbeats(lambda: NAMED)), report(0))

    assert [header(letter.headers, "ce_type") for letter in letters] == [
        "vedette.signal",
        HEARTBEAT,
    ]
    assert letters[-1].key == b'["vedette","source_silent",["source","reuters"]]'
    pulse = Heartbeat.model_validate_json(letters[-1].value or b"")
    assert (pulse.source, pulse.at) == ("reuters", NOON)


async def test_on_the_recorded_clock_nobody_hears_of_sources() -> None:
    letters = await sent(detection(None), report(0))

    assert [header(letter.headers, "ce_type") for letter in letters] == ["vedette.signal"]


async def test_the_watchdog_is_passed_on_and_no_rule_sees_it() -> None:
    (letter,) = await sent(detection(None), report(0, WATCHDOG_SOURCE), partition=6)

    assert header(letter.headers, "ce_type") == HEARTBEAT
    assert letter.partition == 2
    assert Heartbeat.model_validate_json(letter.value or b"").partition == 6
