"""From a report that is taken back over HTTP to the message and the page that it had led to."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from schemas.alert import Alert, Status
from schemas.topics import ALERTS, topic_name
from tests.parts.pipeline import Pipeline, write_pack
from tests.parts.rocket_rules import ROCKETS_ON_ONE_PLACE
from tests.parts.topics import read_all
from tests.parts.waiting import until
from tests.standins.slack_messages import PostedMessage

pytestmark = [pytest.mark.integration, pytest.mark.timeout(240)]

TANKER = """
title: A tanker is struck
name: tanker_struck
logsource: {category: report}
detection:
  struck: {words|phrase: [tanker]}
  condition: struck
level: critical
alert:
  summary: "Struck: {{ words }}"
"""
WORDS = "A tanker was struck by a missile in the Gulf of Aden."


@pytest.fixture
def pipeline(servers: dict[str, str], tmp_path: Path) -> Iterator[Pipeline]:
    write_pack(tmp_path, TANKER, ROCKETS_ON_ONE_PLACE % 2)
    with Pipeline(servers, tmp_path) as running:
        yield running


def rocket(name: str, **fields: Any) -> dict[str, Any]:
    at = datetime.now(UTC) - timedelta(minutes=5)
    return {
        "id": name,
        "text": "Rockets fell",
        "place": "Taji",
        "occurred_at": at.isoformat(),
    } | fields


def find(pipeline: Pipeline, words: str) -> list[PostedMessage]:
    return [message for message in pipeline.slack.messages if words in message.words]


def post(pipeline: Pipeline, *reports: dict[str, Any]) -> None:
    answer = pipeline.post(*reports)
    assert [result["status"] for result in answer.json()["results"]] == ["accepted"] * len(reports)


@pytest.mark.parametrize("dies", [False, True], ids=["same worker", "next worker"])
def test_a_retracted_report_withdraws_its_message_and_resolves_its_page(
    pipeline: Pipeline, kafka: str, topics: str, *, dies: bool
) -> None:
    post(pipeline, {"id": "c1", "text": WORDS})
    until(lambda: find(pipeline, WORDS) and pipeline.pager.incidents, "a message and a page")
    if dies:
        pipeline.matcher.kill()
        pipeline.matcher.start()

    post(pipeline, {"id": "c2", "retracts": "c1"})

    until(lambda: pipeline.pager.incidents[0].status == "resolved", "the page resolves", 60)
    until(lambda: "WITHDRAWN" in pipeline.slack.messages[0].words, "it is withdrawn")
    last = Alert.model_validate_json(read_all(kafka, topic_name(topics, ALERTS))[-1].value or b"")
    assert (last.status, last.summary) == (Status.WITHDRAWN, f"Struck: {WORDS}")
    assert (len(pipeline.slack.messages), len(pipeline.pager.incidents)) == (1, 1)


def test_a_corrected_report_amends_the_message_that_counted_it(pipeline: Pipeline) -> None:
    post(pipeline, *(rocket(f"r{number}") for number in range(3)))
    until(lambda: find(pipeline, "3 rockets on Taji"), "a message about three")

    post(pipeline, rocket("v1", supersedes="r1", text="Nothing fell"))

    until(lambda: find(pipeline, "2 rockets on Taji"), "a message about two", 60)
    assert len(pipeline.slack.messages) == 1


def test_a_new_version_is_no_second_report_and_one_that_comes_first_stays_alone(
    pipeline: Pipeline,
) -> None:
    post(pipeline, rocket("r1"))
    post(pipeline, rocket("v1", supersedes="r1"), rocket("r1"))
    post(pipeline, {"id": "c2", "retracts": "c1"}, {"id": "c1", "text": WORDS})

    # a marker behind everything: when it is there, the rest has been through
    post(pipeline, {"id": "last", "text": "Another tanker."})
    until(lambda: find(pipeline, "Another tanker"), "the last report")
    post(pipeline, *(rocket(f"b{number}", place="Balad") for number in range(2)))
    until(lambda: find(pipeline, "rockets on Balad"), "rockets on another place")
    assert not find(pipeline, "Taji")
    assert not find(pipeline, WORDS)


def test_its_own_id_is_refused_with_the_field_named(pipeline: Pipeline) -> None:
    (result,) = pipeline.post({"id": "c1", "retracts": "c1"}).json()["results"]

    assert result["status"] == "refused"
    assert [error["field"] for error in result["errors"]] == ["retracts"]
