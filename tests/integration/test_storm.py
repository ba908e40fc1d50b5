"""A storm on real Kafka and Redis: the first groups, one message, and whoever else reports."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.parts.pipeline import OTHER_TOKEN, Pipeline, ndjson, write_pack
from tests.parts.waiting import until

pytestmark = [pytest.mark.integration, pytest.mark.timeout(240)]

GROUPS = 1000
TOLD_SINGLY = 60
STRIKE = """\
title: A strike
name: strike
logsource: {category: report}
detection:
  words: {words|phrase: [hostile strike]}
  condition: words
level: critical
alert: {summary: "{{ text }}"}
"""


@pytest.fixture
def pipeline(servers: dict[str, str], tmp_path: Path) -> Iterator[Pipeline]:
    write_pack(tmp_path, STRIKE)
    environment = servers | {"VEDETTE_STORM_GROUPS_PER_MINUTE": str(TOLD_SINGLY)}
    with Pipeline(environment, tmp_path, {"notifier": 2}) as running:
        yield running


def flood(pipeline: Pipeline, numbers: range) -> None:
    reports = ndjson({"id": f"f-{n}", "text": f"a hostile strike by front {n}"} for n in numbers)
    answer = pipeline.send(reports, "application/x-ndjson", OTHER_TOKEN)
    assert answer.status_code == 202


def words(pipeline: Pipeline) -> list[str]:
    with pipeline.slack.lock:
        return [message.words for message in pipeline.slack.messages]


def has_storm_of(pipeline: Pipeline, count: int) -> bool:
    return any(f"{count} more new groups of A strike" in shown for shown in words(pipeline))


def test_a_thousand_invented_groups_are_sixty_messages_and_one(pipeline: Pipeline) -> None:
    flood(pipeline, range(GROUPS // 2))
    pipeline.post({"id": "genuine", "text": "a hostile strike, seen by others"})
    pipeline.matcher.kill()
    pipeline.matcher.start()
    pipeline.matcher.wait_ready()
    flood(pipeline, range(GROUPS // 2, GROUPS))

    until(lambda: any("seen by others" in shown for shown in words(pipeline)), "the genuine one")
    until(lambda: any("Storm by evil" in shown for shown in words(pipeline)), "the storm")
    until(lambda: has_storm_of(pipeline, GROUPS - TOLD_SINGLY), "all of it in one message", 60)

    assert len(words(pipeline)) == TOLD_SINGLY + 2
    assert len(pipeline.pager.incidents) == TOLD_SINGLY + 2
