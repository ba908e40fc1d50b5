"""Unreadable items in detect: buried up to a limit, then left where they stand."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from schemas.envelope import header
from schemas.signal import Signal
from schemas.topics import DEAD_LETTERS, SIGNALS
from services.matcher.adapters.detection.detect import Detection
from services.matcher.adapters.detection.matcher import MatchResult
from services.matcher.adapters.detection.unreadable import MostSourcesFail, UnreadableItems
from services.matcher.domain.duty.publisher import publisher_of
from tests.fakes import FakeClock, FakeOutbox
from tests.matcher.messages import Given, event, given

LIMIT = 3


def detection(clock: FakeClock) -> Detection:
    sent = FakeOutbox()
    return Detection(lambda _event: MatchResult(()), sent, 1, UnreadableItems(sent, LIMIT, clock))


def outbox(asked: Detection) -> FakeOutbox:
    assert isinstance(asked.outbox, FakeOutbox)
    return asked.outbox


def bad(source: str, offset: int) -> Given:
    return replace(given(event(source=source, occurred_at="yesterday")), offset=offset)


async def flood(asked: Detection, source: str, count: int, first: int = 0) -> None:
    for offset in range(first, first + count):
        await asked.take(bad(source, offset))


async def test_up_to_the_limit_each_item_is_a_dead_letter() -> None:
    asked = detection(FakeClock())

    await flood(asked, "reuters", LIMIT)

    assert len([one for one in outbox(asked).to(DEAD_LETTERS) if one.value]) == LIMIT
    assert not outbox(asked).to(SIGNALS)


async def test_past_it_one_letter_says_from_where_to_where() -> None:
    asked = detection(FakeClock())

    await flood(asked, "reuters", LIMIT + 500)

    *_, last = outbox(asked).to(DEAD_LETTERS)
    assert len(outbox(asked).to(DEAD_LETTERS)) == LIMIT + 1
    assert last.value is None
    assert [header(last.headers, name) for name in ("source", "offset", "until")] == [
        "reuters",
        str(LIMIT),
        str(LIMIT + 1000),
    ]


async def test_those_on_duty_are_told_of_the_source() -> None:
    asked = detection(FakeClock())

    await flood(asked, "reuters", LIMIT + 2)

    (letter,) = outbox(asked).to(SIGNALS)
    told = Signal.model_validate_json(letter.value or b"")
    assert (told.pack, told.rule, told.group) == (
        "vedette",
        "source_set_aside",
        {"source": "reuters"},
    )
    assert "occurred_at" in (told.evidence.excerpt or "")


async def test_what_can_be_read_of_it_is_judged_all_the_same() -> None:
    judged: list[str] = []
    sent = FakeOutbox()

    def judge(asked: Any) -> MatchResult:
        judged.append(asked.id)
        return MatchResult(())

    asked = Detection(judge, sent, 1, UnreadableItems(sent, LIMIT, FakeClock()))
    await flood(asked, "reuters", LIMIT + 1)
    await asked.take(given(event(source="reuters", id="good")))

    assert judged == ["good"]


async def test_the_channels_of_one_publisher_are_one_source() -> None:
    asked = detection(FakeClock())

    for number in range(LIMIT + 1):
        await flood(asked, f"telegram:@{number}", 1, number)

    assert outbox(asked).to(DEAD_LETTERS)[-1].value is None


async def test_when_most_of_three_sources_fail_the_worker_stops() -> None:
    clock = FakeClock()
    asked = detection(clock)
    await asked.take(given(event(source="reuters")))
    await flood(asked, "afp", LIMIT + 1)
    await flood(asked, "ap", LIMIT)

    with pytest.raises(MostSourcesFail, match="afp, ap"):
        await asked.take(bad("ap", LIMIT))


async def test_a_source_that_mended_itself_no_longer_counts() -> None:
    clock = FakeClock()
    asked = detection(clock)
    await asked.take(given(event(source="reuters")))
    await flood(asked, "afp", LIMIT + 1)
    clock.now += timedelta(minutes=6)
    await asked.take(given(event(source="reuters")))
    await asked.take(given(event(source="afp")))
    await flood(asked, "ap", LIMIT + 1)

    assert outbox(asked).to(DEAD_LETTERS)[-1].value is None


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
def test_an_item_is_laid_to_its_source_as_far_as_can_be_told(
    raw: bytes | None, key: bytes | None, source: str
) -> None:
    assert publisher_of(raw, key) == source


async def test_an_item_of_a_bundle_fails_alone() -> None:
    asked = detection(FakeClock())
    bundle = [event(id="good"), event(source="afp", occurred_at="no")]

    await asked.take(Given(json.dumps(bundle).encode(), key=None))

    (letter,) = outbox(asked).to(DEAD_LETTERS)
    assert json.loads(letter.value or b"")["source"] == "afp"
