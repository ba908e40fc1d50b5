"""Records whose header's name is not UTF-8, on real Kafka: one dead letter each."""

from contextlib import closing
from pathlib import Path

import pytest
from kafka import KafkaProducer

from schemas.topics import ALERTS, EVENTS, SIGNALS
from tests.integration.matcher_site import (
    ROCKETS,
    MatcherTopics,
    event,
    matcher,
    message,
    start_ready,
)
from tests.integration.notifier_site import NotifierSite
from tests.parts.pipeline import write_pack
from tests.parts.raw_name import RawName
from tests.parts.waiting import until

pytestmark = [pytest.mark.integration, pytest.mark.timeout(180)]


def send_odd(matcher_topics: MatcherTopics, topic: str) -> None:
    """A record with such a header into every partition of the topic."""
    with closing(KafkaProducer(bootstrap_servers=matcher_topics.bootstrap)) as producer:
        for partition in range(4):
            headers = [(RawName("odd"), b"v")]
            producer.send(
                matcher_topics.name(topic), b"{}", b"k", headers, partition=partition
            ).get(timeout=30)


def set_aside(matcher_topics: MatcherTopics) -> set[tuple[str, ...]]:
    """Topic, partition and offset of each dead letter, which a fault may repeat."""
    return {
        tuple(letter.headers[name].decode() for name in ("topic", "partition", "offset"))
        for letter in matcher_topics.dead_letters
    }


def test_an_odd_header_is_a_dead_letter_and_what_follows_reaches_slack(
    matcher_topics: MatcherTopics, site: NotifierSite, tmp_path: Path
) -> None:
    write_pack(tmp_path, ROCKETS % "24h")
    topics = (EVENTS, SIGNALS, ALERTS)
    for topic in topics:
        send_odd(matcher_topics, topic)
    odd = {(matcher_topics.name(topic), str(each), "0") for topic in topics for each in range(4)}
    with matcher(matcher_topics, tmp_path) as service:
        start_ready(service)
        site.notifier()
        matcher_topics.send(message(event("e-1")))
        until(lambda: len(site.slack.messages) == 1, "a message at Slack", 60)
        matcher_topics.wait_until_drained()
        until(lambda: set_aside(matcher_topics) == odd, "the dead letters", 30)

    assert {letter.headers["reason"] for letter in matcher_topics.dead_letters} == {
        "header '\ufffd\ufffdname': the name is not UTF-8".encode()
    }
