"""A source that cannot be read, on real Kafka: set aside and told, while the others go on."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from schemas.alert import Status
from tests.integration.matcher_site import ROCKETS, Matched, event, matcher, message, started
from tests.parts.pipeline import write_pack
from tests.parts.topics import TopicMessage
from tests.parts.waiting import until

pytestmark = [pytest.mark.integration, pytest.mark.timeout(180)]

LIMIT = 5
UNREADABLE = 40


def spoilt(number: int, source: str = "broken") -> TopicMessage:
    raw = json.dumps(event(f"{source}-{number}", source=source, occurred_at="soon")).encode()
    return TopicMessage(raw, f"{source} {number}".encode(), partition=0)


def retry(matched: Matched) -> str:
    asked = subprocess.run(
        [sys.executable, "-m", "cli", "dead-letters", "retry", "--source", "broken"],
        env={
            **os.environ,
            "VEDETTE_KAFKA_BOOTSTRAP_SERVERS": matched.bootstrap,
            "VEDETTE_TOPIC_PREFIX": matched.prefix,
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return asked.stdout


def test_a_broken_source_is_set_aside_and_can_be_taken_in_again(
    matched: Matched, tmp_path: Path
) -> None:
    write_pack(tmp_path, ROCKETS % "24h")
    with matcher(matched, tmp_path, VEDETTE_DEAD_LETTER_LIMIT=str(LIMIT)) as service:
        started(service)
        matched.send(
            *(spoilt(number) for number in range(UNREADABLE)),
            message(event("good", source="broken", place="Taji"), partition=0),
            message(event("e-1", source="wire", place="Basra"), partition=0),
        )
        until(lambda: len(matched.alerts) == 3, "two alerts, and one for those on duty")
        matched.wait_drained()

        told = {alert.rule.name: alert for alert in matched.alerts if alert.pack == "vedette"}
        letters = matched.buried
        said = retry(matched)
        matched.wait_drained()
        again = [one for one in matched.buried if one.value is not None]

    assert {one.group["place"] for one in matched.alerts if one.pack != "vedette"} == {
        "Taji",
        "Basra",
    }
    assert told["source_set_aside"].status is Status.FIRING
    assert told["source_set_aside"].group == {"source": "broken"}
    assert Counter(one.value is None for one in letters) == {False: LIMIT, True: 1}
    # six letters again: five with their bytes, and all that the source has in the stretch
    assert said.startswith(f"{LIMIT + 1} of {LIMIT + 1} open letters went again as ")
    assert len(again) == LIMIT


def test_when_most_sources_cannot_be_read_the_worker_stops(
    matched: Matched, tmp_path: Path
) -> None:
    write_pack(tmp_path, ROCKETS % "24h")
    with matcher(matched, tmp_path, VEDETTE_DEAD_LETTER_LIMIT=str(LIMIT)) as service:
        started(service)
        matched.send(message(event("e-1", source="wire"), partition=0))
        matched.send(*(spoilt(number) for number in range(LIMIT + 1)))
        matched.send(*(spoilt(number, "spoilt") for number in range(LIMIT + 1)))

        code = service.wait(60)

    assert code == 1
    assert matched.lag("events") > 0
