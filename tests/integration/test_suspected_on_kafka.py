"""What is suspected, from its signal to Slack and the pager, on real Kafka and Redis."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from schemas.alert import Alert, Evidence, Suspicion
from schemas.signal import Signal
from schemas.topics import SIGNALS
from schemas.verdict import Judgement, Verdict
from services.matcher.adapters.topics.codec import encode_signal, encode_verdict
from services.matcher.adapters.topics.records import ProducerRecord
from services.notifier.domain.decisions import Reason
from tests.integration.matcher_site import ROCKETS, MatcherTopics, event, matcher, message
from tests.integration.notifier_site import NotifierSite
from tests.parts.pipeline import write_pack
from tests.parts.topics import TopicMessage, produce
from tests.parts.waiting import until

pytestmark = [pytest.mark.integration, pytest.mark.timeout(120)]

NEAR = Suspicion(meaning="rocket_fire", score=2.1, threshold=1.4, example="Katyushas hit it.")


def suspect(place: str) -> ProducerRecord:
    """The signal of a report that only the reader finds."""
    now = datetime.now(UTC)
    evidence = Evidence(
        event_id=place,
        source="wire",
        occurred_at=now,
        recorded_at=now,
        title=f"Explosions at {place}",
        suspicion=NEAR,
    )
    signal = Signal(
        pack="pack",
        rule="rocket_fire",
        base="rocket_fire",
        group={"place": place},
        identity=f"wire {place}",
        occurred_at=now,
        story=f"wire {place}",
        owner="wire",
        evidence=evidence,
        suspected=True,
    )
    return encode_signal(signal)


def judge(alert: Alert, judgement: Judgement) -> ProducerRecord:
    return encode_verdict(
        Verdict(
            pack=alert.pack,
            rule=alert.rule.name,
            group=alert.group,
            alert=alert.id,
            judgement=judgement,
            by="ann",
            at=datetime.now(UTC),
        )
    )


def send(topics: MatcherTopics, *records: ProducerRecord) -> None:
    messages = [TopicMessage(each.value, each.key, dict(each.headers)) for each in records]
    produce(topics.bootstrap, topics.name(SIGNALS), messages)


def words_of(site: NotifierSite, place: str) -> str:
    """What Slack shows now of the only message about a place."""
    shown = [one for one in site.slack.roots if f"place: {place}" in one.words]
    return shown[0].words if len(shown) == 1 else ""


def test_what_is_suspected_pages_nobody_until_words_or_a_person_confirm_it(
    matcher_topics: MatcherTopics, site: NotifierSite, tmp_path: Path
) -> None:
    write_pack(tmp_path, ROCKETS % "24h")
    site.notifier()
    with matcher(matcher_topics, tmp_path) as service:
        service.start()
        service.wait_ready()
        send(matcher_topics, *map(suspect, ("Taji", "Basra", "Kirkuk")))
        until(lambda: len(site.slack.messages) == 3, "three suspicions in Slack", 30)
        suspicions = {alert.group["place"]: alert for alert in matcher_topics.alerts}
        assert all("SUSPECTED · MEDIUM" in message.words for message in site.slack.messages)
        assert "Katyushas hit it." in words_of(site, "Taji")
        assert site.pager.incidents == []

        matcher_topics.send(message(event("e-1", place="Taji")))
        send(matcher_topics, judge(suspicions["Basra"], Judgement.USEFUL))
        send(matcher_topics, judge(suspicions["Kirkuk"], Judgement.NOISE))
        until(lambda: len(site.pager.incidents) == 2, "two pages", 30)
        until(lambda: "CONFIRMED" in words_of(site, "Taji"), "words confirm", 15)
        until(lambda: "CONFIRMED" in words_of(site, "Basra"), "a person confirms", 15)
        until(lambda: "WITHDRAWN" in words_of(site, "Kirkuk"), "a person withdraws", 15)

    assert len(site.slack.roots) == 3
    paged = {incident.dedup_key for incident in site.pager.incidents}
    assert paged == {suspicions["Taji"].id, suspicions["Basra"].id}
    reasons = [line.reason for line in site.ledger() if line.receiver == "pagerduty"]
    assert Reason.SUSPECTED in reasons
    assert matcher_topics.dead_letters == []
