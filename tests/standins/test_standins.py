import subprocess
import sys
from collections.abc import Iterator

import httpx
import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from tests.standins.pagerduty import PagerDutyStandIn
from tests.standins.slack import SlackStandIn, channel_id

METADATA = {"event_type": "vedette_alert", "event_payload": {"alert": "a1", "revision": 1}}


@pytest.fixture
def slack() -> Iterator[SlackStandIn]:
    with SlackStandIn() as standin:
        yield standin


@pytest.fixture
def pager() -> Iterator[PagerDutyStandIn]:
    with PagerDutyStandIn() as standin:
        yield standin


def client(slack: SlackStandIn, timeout: int = 5) -> WebClient:
    return WebClient("xoxb-t", base_url=f"{slack.url}/api/", timeout=timeout, retry_handlers=[])


def trigger(key: str, **payload: object) -> dict[str, object]:
    full = {"summary": "s", "source": "vedette", "severity": "critical", **payload}
    return {"routing_key": "k", "event_action": "trigger", "dedup_key": key, "payload": full}


def test_a_posted_message_can_be_edited_and_is_found_by_its_metadata(slack: SlackStandIn) -> None:
    web = client(slack)

    posted = web.chat_postMessage(channel="#alerts", text="one", metadata=METADATA)
    web.chat_update(channel=posted["channel"], ts=posted["ts"], text="two")
    history = web.conversations_history(channel=posted["channel"], include_all_metadata=True)

    assert [(each["text"], each["metadata"]) for each in history["messages"]] == [("two", METADATA)]
    assert [edit.text for edit in slack.of("a1")[0].edits] == ["two"]
    assert posted["channel"] == channel_id("alerts")


def test_history_without_the_flag_has_no_metadata(slack: SlackStandIn) -> None:
    posted = client(slack).chat_postMessage(channel="#alerts", text="one", metadata=METADATA)

    history = client(slack).conversations_history(channel=posted["channel"])

    assert "metadata" not in history["messages"][0]


def test_history_wants_an_id_and_not_a_name(slack: SlackStandIn) -> None:
    client(slack).chat_postMessage(channel="#alerts", text="one")

    with pytest.raises(SlackApiError, match="channel_not_found"):
        client(slack).conversations_history(channel="#alerts")


def test_history_comes_newest_first_in_pages(slack: SlackStandIn) -> None:
    for number in range(5):
        client(slack).chat_postMessage(channel="#alerts", text=f"{number}")

    pages = [
        [message["text"] for message in page["messages"]]
        for page in client(slack).conversations_history(channel=channel_id("alerts"), limit=2)
    ]

    assert pages == [["4", "3"], ["2", "1"], ["0"]]


def test_a_message_past_slacks_limits_is_refused(slack: SlackStandIn) -> None:
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}

    with pytest.raises(SlackApiError, match="invalid_blocks"):
        client(slack).chat_postMessage(channel="#alerts", text="one", blocks=[section])


def test_a_rate_limit_has_a_retry_after_header(slack: SlackStandIn) -> None:
    slack.script_fault("status", call="chat.postMessage", status=429, retry_after=7)

    with pytest.raises(SlackApiError) as refused:
        client(slack).chat_postMessage(channel="#alerts", text="one")

    assert refused.value.response.headers["Retry-After"] == "7"
    assert slack.messages == []


def test_a_delayed_answer_comes_after_the_message_is_stored(slack: SlackStandIn) -> None:
    slack.script_fault("delay", seconds=30)

    with pytest.raises(TimeoutError):
        client(slack, timeout=1).chat_postMessage(channel="#alerts", text="one")

    assert len(slack.messages) == 1


def test_a_dropped_connection_can_have_stored_the_message(slack: SlackStandIn) -> None:
    slack.script_fault("drop", stored=True)

    with pytest.raises(OSError, match="without response"):
        client(slack).chat_postMessage(channel="#alerts", text="one")

    assert len(slack.messages) == 1


def test_a_hanging_call_is_answered_when_released(slack: SlackStandIn) -> None:
    slack.script_fault("hang", call="auth.test")

    with pytest.raises(TimeoutError):
        client(slack, timeout=1).auth_test()
    slack.release()

    assert client(slack).auth_test()["ok"]


def test_a_second_trigger_of_an_open_incident_pages_nobody(pager: PagerDutyStandIn) -> None:
    for event in (trigger("a1"), trigger("a1"), trigger("a2")):
        assert httpx.post(f"{pager.url}/v2/enqueue", json=event).status_code == 202

    assert [incident.dedup_key for incident in pager.incidents] == ["a1", "a2"]


def test_a_trigger_after_the_resolve_opens_a_new_incident(pager: PagerDutyStandIn) -> None:
    resolve = {"routing_key": "k", "event_action": "resolve", "dedup_key": "a1"}

    for event in (trigger("a1"), resolve, trigger("a1")):
        httpx.post(f"{pager.url}/v2/enqueue", json=event)

    assert [incident.status for incident in pager.of("a1")] == ["resolved", "triggered"]


def test_an_event_without_severity_is_refused(pager: PagerDutyStandIn) -> None:
    answer = httpx.post(f"{pager.url}/v2/enqueue", json=trigger("a1", severity="red"))

    assert (answer.status_code, pager.incidents) == (400, [])


def test_a_stand_in_runs_as_a_process_that_other_processes_ask() -> None:
    command = [sys.executable, "-m", "tests.standins.slack"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603  (our own module)
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        fault = {"kind": "error", "call": "chat.postMessage", "error": "ratelimited"}

        httpx.post(f"{url}/_control/faults", json=fault)
        refused = _posted(url)
        taken = _posted(url)
        state = httpx.get(f"{url}/_control/state").json()
        process.terminate()
        code = process.wait(timeout=10)

    assert (refused["error"], taken["ok"], code) == ("ratelimited", True, 0)
    assert [message["text"] for message in state["messages"]] == ["one"]


def _posted(url: str) -> dict[str, object]:
    body = {"channel": "#alerts", "text": "one"}
    answer: dict[str, object] = httpx.post(
        f"{url}/api/chat.postMessage", json=body, headers={"Authorization": "Bearer t"}
    ).json()
    return answer
