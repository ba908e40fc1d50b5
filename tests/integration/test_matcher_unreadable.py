"""A source that cannot be read, on real Kafka: dead letters up to its limit, one duty alert."""

import json
import re
from pathlib import Path

import pytest

from schemas.alert import Status
from tests.integration.matcher_site import (
    ROCKETS,
    MatcherTopics,
    event,
    matcher,
    message,
    start_ready,
)
from tests.parts.command import run_vedette
from tests.parts.pipeline import write_pack
from tests.parts.topics import TopicMessage
from tests.parts.waiting import until

pytestmark = [pytest.mark.integration, pytest.mark.timeout(180)]

LIMIT = 5
UNREADABLE = 40
SUPPRESSED = re.compile(r'unreadable_suppressed_total\{source="broken"\} ([\d.]+)')


def unreadable(number: int) -> TopicMessage:
    raw = json.dumps(event(f"broken-{number}", source="broken", occurred_at="soon")).encode()
    return TopicMessage(raw, f"broken {number}".encode(), partition=0)


def retry(matcher_topics: MatcherTopics) -> str:
    arguments = ("dead-letters", "retry", "--source", "broken")
    command = run_vedette(matcher_topics.variables, *arguments)
    assert command.returncode == 0, command.stdout + command.stderr
    return command.stdout


def test_a_broken_source_has_few_dead_letters_and_its_readable_reports_are_evaluated(
    matcher_topics: MatcherTopics, tmp_path: Path
) -> None:
    write_pack(tmp_path, ROCKETS % "24h")
    with matcher(matcher_topics, tmp_path, VEDETTE_DEAD_LETTER_LIMIT=str(LIMIT)) as service:
        start_ready(service)
        matcher_topics.send(
            *(unreadable(number) for number in range(UNREADABLE)),
            message(event("good", source="broken", place="Taji"), partition=0),
            message(event("e-1", source="wire", place="Basra"), partition=0),
        )
        until(lambda: len(matcher_topics.alerts) == 3, "two alerts, and one for duty engineers")
        matcher_topics.wait_until_drained()

        (suppressed,) = SUPPRESSED.findall(service.metrics())
        dead_letters = matcher_topics.dead_letters
        output = retry(matcher_topics)
        matcher_topics.wait_until_drained()

    alerts = matcher_topics.alerts
    duty_alerts = {alert.rule.name: alert for alert in alerts if alert.pack == "vedette"}
    places = {alert.group["place"] for alert in alerts if alert.pack != "vedette"}
    assert places == {"Taji", "Basra"}
    assert duty_alerts["source_unreadable"].status is Status.FIRING
    assert duty_alerts["source_unreadable"].group == {"source": "broken"}
    assert float(suppressed) == UNREADABLE - LIMIT
    assert [letter.value is None for letter in dead_letters] == [False] * LIMIT
    assert output.startswith(
        f"{LIMIT} of {LIMIT} open dead letters sent again, as {LIMIT} messages"
    )
