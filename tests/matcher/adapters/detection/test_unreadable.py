"""Unreadable items in detect: dead letters up to a limit, counted beyond it."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from prometheus_client import REGISTRY

from schemas.signal import Signal
from schemas.topics import DEAD_LETTERS, SIGNALS
from services.matcher.adapters.detection.detect import Detection
from services.matcher.adapters.detection.matcher import MatchResult
from services.matcher.adapters.detection.unreadable import MOST_PUBLISHERS, PERIOD, UnreadableItems
from services.matcher.domain.duty.publisher import find_publisher
from services.matcher.domain.duty.windows import UNREADABLE_SOURCE
from tests.fakes import FakeClock, FakeRecordSender
from tests.matcher.detections import sender_of
from tests.matcher.messages import Given, event, given

LIMIT = 3
SECOND = timedelta(seconds=1)


def detection(clock: FakeClock) -> Detection:
    sent = FakeRecordSender()
    return Detection(lambda _event: MatchResult(()), sent, 1, UnreadableItems(sent, LIMIT, clock))


def bad(source: str, offset: int) -> Given:
    return replace(given(event(source=source, occurred_at="yesterday")), offset=offset)


def suppressed(source: str) -> float:
    name = "vedette_matcher_unreadable_suppressed_total"
    return REGISTRY.get_sample_value(name, {"source": source}) or 0.0


async def flood(asked: Detection, source: str, count: int, first: int = 0) -> None:
    for offset in range(first, first + count):
        await asked.process(bad(source, offset))


async def test_up_to_the_limit_each_item_is_a_dead_letter() -> None:
    asked = detection(FakeClock())

    await flood(asked, "reuters", LIMIT)

    assert len([record for record in sender_of(asked).to(DEAD_LETTERS) if record.value]) == LIMIT
    assert not sender_of(asked).to(SIGNALS)


async def test_past_it_items_are_counted_and_not_copied() -> None:
    asked = detection(FakeClock())
    before = suppressed("reuters")

    await flood(asked, "reuters", LIMIT + 500)

    assert len(sender_of(asked).to(DEAD_LETTERS)) == LIMIT
    assert suppressed("reuters") - before == 500


async def test_those_on_duty_are_told_of_the_source_once() -> None:
    asked = detection(FakeClock())

    await flood(asked, "reuters", LIMIT + 2)

    (record,) = sender_of(asked).to(SIGNALS)
    signal = Signal.model_validate_json(record.value or b"")
    assert (signal.pack, signal.rule, signal.group) == (
        "vedette",
        "source_unreadable",
        {"source": "reuters"},
    )
    assert "occurred_at" in (signal.evidence.excerpt or "")


async def test_a_new_period_begins_with_the_limit_again() -> None:
    clock = FakeClock()
    asked = detection(clock)
    await flood(asked, "reuters", LIMIT + 2)

    clock.now += PERIOD - SECOND
    await flood(asked, "reuters", 1, LIMIT + 2)
    assert len(sender_of(asked).to(DEAD_LETTERS)) == LIMIT
    clock.now += SECOND
    await flood(asked, "reuters", LIMIT + 2, LIMIT + 3)

    assert len(sender_of(asked).to(DEAD_LETTERS)) == 2 * LIMIT
    assert len(sender_of(asked).to(SIGNALS)) == 2


def test_the_duty_alert_fires_on_while_each_period_passes_the_limit() -> None:
    assert UNREADABLE_SOURCE.resolve_after > 2 * PERIOD


async def test_of_too_many_publishers_the_rest_share_a_count() -> None:
    asked = detection(FakeClock())
    asked.unreadable.began = asked.unreadable.now()
    asked.unreadable.counts.update(f"source-{number}" for number in range(MOST_PUBLISHERS))

    for number in range(LIMIT + 1):
        await flood(asked, f"another-{number}", 1, number)

    assert len(sender_of(asked).to(DEAD_LETTERS)) == LIMIT
    assert len(asked.unreadable.counts) == MOST_PUBLISHERS + 1


async def test_what_can_be_read_of_it_is_judged_all_the_same() -> None:
    judged: list[str] = []
    sent = FakeRecordSender()

    def judge(asked: Any) -> MatchResult:
        judged.append(asked.id)
        return MatchResult(())

    asked = Detection(judge, sent, 1, UnreadableItems(sent, LIMIT, FakeClock()))
    await flood(asked, "reuters", LIMIT + 1)
    await asked.process(given(event(source="reuters", id="good")))

    assert judged == ["good"]


async def test_the_channels_of_one_publisher_are_one_source() -> None:
    asked = detection(FakeClock())

    for number in range(LIMIT + 1):
        await flood(asked, f"telegram:@{number}", 1, number)

    assert len(sender_of(asked).to(DEAD_LETTERS)) == LIMIT


async def test_a_source_past_its_limit_does_not_use_up_that_of_another() -> None:
    asked = detection(FakeClock())

    await flood(asked, "afp", LIMIT + 1)
    await flood(asked, "ap", LIMIT)

    assert len(sender_of(asked).to(DEAD_LETTERS)) == 2 * LIMIT


@pytest.mark.parametrize(
    ("raw", "key", "source"),
    [
        (b'{"source": "afp", "id": 1}', b"reuters e-1", "afp"),
        (b'{"source": "telegram:@x"}', None, "telegram"),
        (b"\xff", b"reuters e-1", "reuters"),
        (b'{"source": 7}', b"reuters e-1", "reuters"),
        (b"[]", None, "unknown"),
        (None, b"\xff", "\ufffd"),
    ],
)
def test_the_publisher_of_an_item_is_that_of_its_source_or_its_key(
    raw: bytes | None, key: bytes | None, source: str
) -> None:
    assert find_publisher(raw, key) == source


async def test_an_item_of_a_bundle_fails_alone() -> None:
    asked = detection(FakeClock())
    bundle = [event(id="good"), event(source="afp", occurred_at="no")]

    await asked.process(Given(json.dumps(bundle).encode(), key=None))

    (record,) = sender_of(asked).to(DEAD_LETTERS)
    assert json.loads(record.value or b"")["source"] == "afp"
