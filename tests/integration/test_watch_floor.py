"""What people do at the API of real notifiers, on real Kafka and Redis."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from schemas.alert import Level
from schemas.ledger import Act
from tests.integration.notifier_site import RESOLVED, MakeSite, NotifierSite
from tests.notifier.alerts import alert
from tests.parts import topics as parts
from tests.parts.processes import Service
from tests.parts.redis_server import RedisNode
from tests.parts.waiting import until

pytestmark = pytest.mark.integration

RULE = {"matchers": ['rule="joint_march"'], "reason": "works", "duration": "25m"}
ROLES = {"alice": "analyst", "bob": "analyst"}


def write_people(folder: Path) -> str:
    """The file of people whose token is their name."""
    digests = {name: hashlib.sha256(name.encode()).hexdigest() for name in ROLES}
    people = {name: {"token_sha256": digests[name], "role": role} for name, role in ROLES.items()}
    path = folder / "people.yaml"
    path.write_text(yaml.safe_dump(people), encoding="utf-8")
    return str(path)


def call(notifier: Service, method: str, path: str, body: Any = None, name: str = "alice") -> Any:
    answer = httpx.request(
        method,
        f"{notifier.url}/v1/{path}",
        json=body,
        headers={"Authorization": f"Bearer {name}"},
        timeout=10,
    )
    assert answer.is_success, answer.text
    return answer.json()


def has_stored(notifier: Service, count: int) -> Callable[[], bool]:
    return lambda: (
        len(call(notifier, "GET", "alerts?status=firing&status=resolved")["alerts"]) == (count)
    )


def test_what_one_notifier_silences_another_hides_until_it_ends(
    site: NotifierSite, tmp_path: Path
) -> None:
    one, two = (site.notifier(VEDETTE_API_TOKENS_FILE=write_people(tmp_path)) for _ in range(2))
    silence = call(one, "POST", "silences", RULE)
    site.publish(alert("fires"), alert("ends"), alert("critical", level=Level.CRITICAL))
    until(has_stored(two, 3), "all are known", 15)
    site.publish(alert("ends", 2, **RESOLVED))
    until(lambda: call(two, "GET", "alerts/ends")["alert"]["revision"] == 2, "its end too", 15)
    until(site.committed, "all is committed", 15)
    shown = (list(site.slack.messages), list(site.pager.incidents))
    hidden = call(two, "GET", "alerts?silenced=true")["alerts"]

    call(two, "DELETE", f"silences/{silence['id']}", name="bob")
    until(lambda: len(site.slack.messages) == 3, "what it hid is told", 15)
    until(lambda: len(site.pager.incidents) == 2, "what still fires pages", 15)

    assert shown == ([], [])
    assert {item["id"] for item in hidden} == {"fires", "critical"}
    assert {incident.dedup_key for incident in site.pager.incidents} == {"fires", "critical"}
    assert ["RESOLVED" in message.words for message in site.slack.messages].count(True) == 1


def test_what_is_acknowledged_at_one_receiver_is_at_all(site: NotifierSite, tmp_path: Path) -> None:
    notifier = site.notifier(VEDETTE_API_TOKENS_FILE=write_people(tmp_path))
    site.publish(alert())
    until(lambda: site.slack.messages and site.pager.incidents, "it is shown and paged", 15)

    call(notifier, "PUT", "alerts/a1/acknowledgement", {"comment": "on it"})
    until(lambda: site.pager.incidents[0].status == "acknowledged", "the pager knows", 15)
    until(lambda: "alice until" in site.slack.messages[0].words, "the channel shows it", 15)
    site.publish(alert(revision=2, level=Level.CRITICAL))
    until(lambda: site.pager.incidents[-1].severity == "critical", "a higher level pages", 15)
    assert site.pager.incidents[-1].status == "triggered"
    site.publish(alert(revision=3, **RESOLVED))
    until(lambda: site.pager.incidents[-1].status == "resolved", "its end is shown", 15)
    call(notifier, "PUT", "alerts/a1/verdict", {"verdict": "useful"})
    until(lambda: parts.read_all(site.kafka, f"{site.prefix}signals"), "the verdict is sent", 15)

    def has_history() -> bool:
        story = call(notifier, "GET", "alerts/a1")
        return {"notified", "acknowledged", "judged"} <= {each["act"] for each in story["history"]}

    until(has_history, "the history has it all", 15)
    [message] = parts.read_all(site.kafka, f"{site.prefix}signals")
    assert message.key == b'["iraq-2020","joint_march",["country","IQ"]]'
    assert [rule["useful"] for rule in call(notifier, "GET", "rules")["rules"]] == [1]
    assert 'vedette_notifier_verdicts_total{pack="iraq-2020"' in notifier.metrics()


def test_what_people_did_outlives_a_redis_that_lost_all(
    make_site: MakeSite, own_redis: RedisNode, tmp_path: Path
) -> None:
    site = make_site(redis=own_redis.url())
    notifier = site.notifier(VEDETTE_API_TOKENS_FILE=write_people(tmp_path))
    site.publish(alert("a1"), alert("b", level=Level.LOW))
    until(has_stored(notifier, 2), "both are known", 15)
    until(lambda: len(site.slack.messages) == 2, "both are shown", 15)
    silence = call(notifier, "POST", "silences", RULE)
    call(notifier, "PUT", "alerts/a1/acknowledgement", {})
    call(notifier, "PUT", "alerts/b/verdict", {"verdict": "noise"})
    acts = {Act.SILENCED, Act.ACKNOWLEDGED, Act.JUDGED}
    until(lambda: acts <= {line.act for line in site.ledger()}, "the ledger has it", 15)

    notifier.kill()
    own_redis.lose_all()
    own_redis.start()
    notifier.start()
    notifier.wait_ready()

    [kept] = call(notifier, "GET", "silences")["silences"]
    listed = {item["id"]: item for item in call(notifier, "GET", "alerts")["alerts"]}
    assert kept["id"] == silence["id"]
    assert listed["a1"]["acknowledgement"]["owner"] == "alice"
    assert listed["b"]["verdict"] == "noise"
    assert listed["b"]["silence"] == silence["id"]
    assert any(line["act"] == "judged" for line in call(notifier, "GET", "alerts/b")["history"])
    assert len(site.slack.messages) == 2


def test_what_nobody_acknowledges_escalates(site: NotifierSite, tmp_path: Path) -> None:
    routes = tmp_path / "routes.yaml"
    steps = [{"after": "2s", "receiver": "pagerduty"}]
    document = {
        "route": {"receiver": "slack"},
        "escalations": [{"matchers": ['level="high"'], "steps": steps}],
    }
    routes.write_text(yaml.safe_dump(document), encoding="utf-8")
    notifier = site.notifier(
        VEDETTE_ROUTES_FILE=str(routes), VEDETTE_API_TOKENS_FILE=write_people(tmp_path)
    )

    site.publish(alert("taken"), alert("left"))
    until(has_stored(notifier, 2), "both are known", 15)
    call(notifier, "PUT", "alerts/taken/acknowledgement", {})
    until(lambda: site.pager.incidents, "one is paged", 20)

    assert [incident.dedup_key for incident in site.pager.incidents] == ["left"]
    reasons = {line.reason for line in site.ledger() if line.receiver == "pagerduty"}
    assert "it escalates later, if nobody acknowledges it" in reasons
