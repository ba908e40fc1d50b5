"""Refused reports of sources that are fetched become dead letters."""

import json
from typing import Any

from services.ingest.adapters.intake import Intake
from services.ingest.adapters.pulling.refused_items import LIMIT, PERIOD, RefusedItems
from services.ingest.adapters.pulling.report_sink import ReportSink
from services.ingest.domain.pulling.dead_letter import LARGEST_VALUE, encode_dead_letter
from services.ingest.domain.result import FieldError, refuse
from tests.fakes import FakeClock, FakePublisher
from tests.ingest.builders import NOON, REUTERS
from tests.ingest.pulling.builders import do_not_sleep, reports

BAD: dict[str, Any] = {"id": "bad", "text": "x", "country": "nowhere"}
UNREADABLE = refuse({}, FieldError(field="title", message="no text, at line 3"))


def sink(letters: FakePublisher, clock: FakeClock | None = None, limit: int = LIMIT) -> ReportSink:
    now = clock or FakeClock()
    intake = Intake(FakePublisher(), lambda: NOON)
    refused = RefusedItems(letters, now, limit)
    return ReportSink(intake, REUTERS, sleep=do_not_sleep, refused=refused)


def values(letters: FakePublisher) -> list[dict[str, Any]]:
    return [json.loads(message.value) for message in letters.published]


async def test_a_refused_report_is_a_dead_letter_with_its_source_its_errors_and_itself() -> None:
    letters = FakePublisher()

    await sink(letters).publish([*reports("good"), BAD])

    [letter] = values(letters)
    assert (letter["source"], letter["id"], letter["report"]) == ("reuters", "bad", BAD)
    assert [error["field"] for error in letter["errors"]] == ["country"]
    assert dict(letters.published[0].headers) == {
        "reason": b"refused_item",
        "where": b"ingest-worker",
        "source": b"reuters",
    }


async def test_so_is_an_item_that_never_was_a_report() -> None:
    letters = FakePublisher()

    await sink(letters).publish([UNREADABLE])

    [letter] = values(letters)
    assert letter["errors"] == [{"field": "title", "message": "no text, at line 3"}]
    assert "report" not in letter


async def test_a_source_fills_the_topic_up_to_a_limit_in_each_period() -> None:
    letters, clock = FakePublisher(), FakeClock()
    sending = sink(letters, clock, limit=2)

    await sending.publish([UNREADABLE] * 3)
    await sending.publish([UNREADABLE])
    within = len(letters.published)
    clock.now += PERIOD
    await sending.publish([UNREADABLE])

    assert (within, len(letters.published)) == (2, 3)


async def test_one_source_uses_up_no_other_ones_limit() -> None:
    letters = FakePublisher()
    refused = RefusedItems(letters, FakeClock(), limit=1)

    for source in ("a", "a", "b"):
        await refused.send(source, [({}, UNREADABLE)])

    assert [letter["source"] for letter in values(letters)] == ["a", "b"]


async def test_reports_are_published_though_no_dead_letter_can_be() -> None:
    results = await sink(FakePublisher(away=True)).publish([*reports("good"), BAD])

    assert [result.status for result in results] == ["accepted", "refused"]


def test_a_large_report_leaves_its_errors_and_its_size() -> None:
    letter = json.loads(encode_dead_letter("a", {"text": "x" * LARGEST_VALUE}, UNREADABLE))

    assert letter["bytes"] > LARGEST_VALUE
    assert "report" not in letter


def test_what_utf_8_cannot_carry_is_escaped() -> None:
    assert b"\\ud800" in encode_dead_letter("a", {"text": "\ud800"}, UNREADABLE)
