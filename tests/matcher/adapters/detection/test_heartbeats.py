"""detect: heartbeats from some reports of each watched source; no rule sees the watchdog."""

from dataclasses import replace
from datetime import timedelta

from schemas.duty import WATCHDOG_SOURCE
from schemas.envelope import HEARTBEAT, header
from schemas.event import Event
from schemas.heartbeat import Heartbeat
from schemas.pack import SourceRhythm
from schemas.topics import SIGNALS
from services.matcher.adapters.detection.detect import Detection
from services.matcher.adapters.detection.heartbeats import Heartbeats
from services.matcher.adapters.detection.matcher import MatchResult
from services.matcher.adapters.topics.records import ProducerRecord
from services.matcher.domain.rules.compile_sources import compile_sources
from tests.matcher.builders import NOON, hit
from tests.matcher.detections import detection_by, sender_of
from tests.matcher.messages import as_event, given

SECOND = timedelta(seconds=1)
EVERY_DAY = SourceRhythm.model_validate({"every": "1d"})
WATCHED = compile_sources([{"telegram": EVERY_DAY, "reuters": EVERY_DAY}], ())


def report(seconds: float, source: str = "reuters") -> Event:
    at = NOON + seconds * SECOND
    return as_event(source=source, recorded_at=at.isoformat())


def heartbeat_seconds(*reports: tuple[float, int], source: str = "reuters") -> list[float]:
    """The times of the heartbeats from reports at so many seconds in such partitions."""
    heartbeats = Heartbeats(lambda: WATCHED)
    return [
        (heartbeat.at - NOON) / SECOND
        for seconds, partition in reports
        for heartbeat in heartbeats.sample(report(seconds, source), partition)
    ]


def test_of_many_reports_one_in_each_interval_is_a_heartbeat() -> None:
    assert heartbeat_seconds(*((second, 0) for second in range(25))) == [0, 10, 20]


def test_each_partition_has_its_own_heartbeats() -> None:
    assert heartbeat_seconds((0, 0), (1, 1), (2, 0), (3, 1)) == [0, 1]


def test_a_stamp_from_the_future_does_not_silence_what_follows() -> None:
    assert heartbeat_seconds((1000, 0), (1, 0), (2, 0)) == [1000, 1]


def test_a_channel_is_heard_under_the_name_that_is_watched() -> None:
    heartbeats = Heartbeats(lambda: WATCHED)

    (heartbeat,) = heartbeats.sample(report(0, "telegram:@a"), 3)

    assert (heartbeat.source, heartbeat.partition) == ("telegram", 3)


def test_the_channels_of_a_watched_name_share_its_heartbeats() -> None:
    heartbeats = Heartbeats(lambda: WATCHED)

    sampled = [list(heartbeats.sample(report(0, f"telegram:@{name}"), 0)) for name in "abc"]

    assert [len(of_channel) for of_channel in sampled] == [1, 0, 0]


def test_a_source_that_no_pack_names_has_no_heartbeats() -> None:
    assert heartbeat_seconds((0, 0), source="afp") == []


def test_a_name_that_is_watched_from_now_on_has_a_heartbeat_at_once() -> None:
    versions = [compile_sources([{"telegram:@a": EVERY_DAY}], ())]
    heartbeats = Heartbeats(lambda: versions[-1])
    (first,) = heartbeats.sample(report(0, "telegram:@a"), 3)

    versions.append(WATCHED)
    (second,) = heartbeats.sample(report(1, "telegram:@a"), 3)

    assert [first.source, second.source] == ["telegram:@a", "telegram"]


def detection(heartbeats: Heartbeats | None) -> Detection:
    """Finds a hit in every event."""
    finds_a_hit = detection_by(lambda _event: MatchResult((hit(0),)), partitions=4)
    return replace(finds_a_hit, heartbeats=heartbeats)


async def records_of(asked: Detection, sent: Event, partition: int = 1) -> list[ProducerRecord]:
    message = replace(
        given(sent.model_dump(mode="json", exclude_defaults=True)), partition=partition
    )
    await asked.process(message)
    return sender_of(asked).to(SIGNALS)


async def test_a_heartbeat_follows_the_signals_of_its_report() -> None:
    records = await records_of(detection(Heartbeats(lambda: WATCHED)), report(0))

    assert [header(record.headers, "ce_type") for record in records] == [
        "vedette.signal",
        HEARTBEAT,
    ]
    assert records[-1].key == b'["vedette","source_silent",["source","reuters"]]'
    heartbeat = Heartbeat.model_validate_json(records[-1].value or b"")
    assert (heartbeat.source, heartbeat.at) == ("reuters", NOON)


async def test_on_the_recorded_clock_there_are_no_heartbeats() -> None:
    records = await records_of(detection(None), report(0))

    assert [header(record.headers, "ce_type") for record in records] == ["vedette.signal"]


async def test_the_watchdog_is_passed_on_and_no_rule_sees_it() -> None:
    (record,) = await records_of(detection(None), report(0, WATCHDOG_SOURCE), partition=6)

    assert header(record.headers, "ce_type") == HEARTBEAT
    assert record.partition == 2
    assert Heartbeat.model_validate_json(record.value or b"").partition == 6
