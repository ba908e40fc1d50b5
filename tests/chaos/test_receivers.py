import httpx

from tests.chaos.oracle import FIRING, RESOLVED, AlertKey
from tests.chaos.receivers import pager_incidents, slack_messages
from tests.standins.pagerduty import PagerDutyStandIn
from tests.standins.slack import SlackStandIn


def call(standin: SlackStandIn, name: str, **body: object) -> dict[str, str]:
    headers = {"authorization": "Bearer t"}
    answer: dict[str, str] = httpx.post(
        f"{standin.url}/api/{name}", json=body, headers=headers
    ).json()
    return answer


def test_a_message_and_its_edits_are_one_with_the_end_that_is_shown_now() -> None:
    with SlackStandIn() as slack:
        posted = call(
            slack,
            "chat.postMessage",
            channel="alerts",
            text="🔵 LOW · NEW · chaos/trip/p-1/",
        )
        call(
            slack,
            "chat.postMessage",
            channel="alerts",
            text="🟠 HIGH · NEW · chaos/trip/p-2/",
        )
        call(slack, "chat.postMessage", channel="alerts", text="Sources are quiet")
        where = {"channel": posted["channel"], "ts": posted["ts"]}
        call(slack, "chat.update", **where, text="✅ RESOLVED · A trip · after 1 h")

        received = [(message.key, message.end) for message in slack_messages(slack)]

    assert received == [
        (AlertKey("trip", "p-1"), RESOLVED),
        (AlertKey("trip", "p-2"), FIRING),
        (None, FIRING),
    ]


def test_an_incident_opened_again_counts_twice() -> None:
    with PagerDutyStandIn() as pager:
        trigger = {
            "routing_key": "r",
            "event_action": "trigger",
            "dedup_key": "a",
            "payload": {
                "summary": "🔴 CRITICAL · NEW · A trip",
                "source": "s",
                "severity": "critical",
                "custom_details": {"what": "chaos/trip/p-1/"},
            },
        }
        for action in ("trigger", "resolve", "trigger"):
            httpx.post(f"{pager.url}/v2/enqueue", json=trigger | {"event_action": action})

        received = [(message.key, message.end) for message in pager_incidents(pager)]

    assert received == [(AlertKey("trip", "p-1"), RESOLVED), (AlertKey("trip", "p-1"), FIRING)]
