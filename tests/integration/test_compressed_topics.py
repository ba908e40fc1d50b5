"""Topics that the broker compresses, as they inherit it from the broker's settings."""

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest
from kafka import KafkaAdminClient

from schemas.topics import TOPICS, topic_name
from services.matcher.adapters.topics.admin import change_settings
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
from tests.parts.waiting import until

pytestmark = [pytest.mark.integration, pytest.mark.timeout(180)]

PLACES = {"zstd": "Taji", "lz4": "Basra", "snappy": "Mosul", "gzip": "Kirkuk"}


def compress(matcher_topics: MatcherTopics, settings: Mapping[str, str]) -> None:
    with closing(KafkaAdminClient(bootstrap_servers=matcher_topics.bootstrap)) as admin:
        for topic in TOPICS:
            change_settings(admin, topic_name(matcher_topics.prefix, topic.name), settings)


def wait_for_messages(site: NotifierSite, number: int) -> None:
    until(lambda: len(site.slack.messages) >= number, f"{number} messages at Slack", 40)


def test_reports_of_every_codec_reach_slack(
    matcher_topics: MatcherTopics, site: NotifierSite, tmp_path: Path
) -> None:
    write_pack(tmp_path, ROCKETS % "24h")
    with matcher(matcher_topics, tmp_path) as service:
        start_ready(service)
        site.notifier()
        for sent, (codec, place) in enumerate(PLACES.items(), start=1):
            compress(matcher_topics, {"compression.type": codec})
            matcher_topics.send(*(message(event(f"{codec}-{part}", place=place)) for part in "abc"))
            wait_for_messages(site, sent)
        matcher_topics.wait_until_drained()
        until(site.committed, "the notifier has committed", 30)

    assert [len(matcher_topics.alerts_of(place)) > 0 for place in PLACES.values()] == [True] * 4
    assert matcher_topics.dead_letters == []
