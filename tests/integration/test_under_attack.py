"""Beside a hostile token at its limit nothing genuine is lost, and nothing is told twice."""

import time
from collections import Counter
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import pytest

from tests.parts.attack import (
    SHIPPED_LIMITS,
    HostileToken,
    find_labels,
    post_genuine,
    write_attacked_packs,
)
from tests.parts.pipeline import Pipeline
from tests.parts.waiting import until

pytestmark = [pytest.mark.integration, pytest.mark.timeout(300)]

GENUINE = 20
TOLD_SINGLY = 60


@pytest.fixture
def pipeline(servers: dict[str, str], tmp_path: Path) -> Iterator[Pipeline]:
    write_attacked_packs(tmp_path)
    with Pipeline(SHIPPED_LIMITS | servers, tmp_path) as running:
        yield running


def in_slack(pipeline: Pipeline) -> Counter[str]:
    with pipeline.slack.lock:
        texts = [message.text for message in pipeline.slack.messages]
    return Counter(label for text in texts for label in find_labels(text))


def at_the_pager(pipeline: Pipeline) -> Counter[str]:
    with pipeline.pager.lock:
        pages = [str(incident.events[0]["payload"]) for incident in pipeline.pager.incidents]
    return Counter(label for page in pages for label in set(find_labels(page)))


def strikes(pipeline: Pipeline) -> int:
    """How many messages are about an invented group alone."""
    with pipeline.slack.lock:
        texts = [message.text for message in pipeline.slack.messages]
    return sum("a hostile strike by" in text for text in texts)


def test_every_genuine_report_is_told_once_while_the_flood_is_limited(pipeline: Pipeline) -> None:
    with HostileToken(pipeline.ingest.url, most_matching=2000) as hostile:
        time.sleep(2)
        sent = post_genuine(pipeline.ingest.url, range(GENUINE), rate=2)
        until(lambda: sent.keys() <= in_slack(pipeline).keys(), "every one in Slack", 120)
        until(lambda: sent.keys() <= at_the_pager(pipeline).keys(), "every one at the pager", 120)

    assert hostile.answers[HTTPStatus.TOO_MANY_REQUESTS] > 0
    assert hostile.answers.keys() == {HTTPStatus.ACCEPTED, HTTPStatus.TOO_MANY_REQUESTS}
    assert in_slack(pipeline) == dict.fromkeys(sent, 1)
    assert at_the_pager(pipeline) == dict.fromkeys(sent, 1)
    assert strikes(pipeline) <= TOLD_SINGLY
    assert "Storm by evil" in "".join(message.words for message in pipeline.slack.messages)
