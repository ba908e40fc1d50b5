"""Socket Mode on Slack's stand-in: what comes by it is done as over HTTP."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from pydantic import SecretStr

from services.notifier.adapters.interactions.desk import InteractionAnswer, InteractionDesk
from services.notifier.adapters.interactions.interaction import Press, Submission
from services.notifier.adapters.interactions.slack_people import SlackPeople
from services.notifier.adapters.interactions.slack_socket import NOTE, SlackSocket
from services.notifier.adapters.slack_web import SlackApi
from tests.notifier.alerts import alert
from tests.notifier.interactions.fakes import FakeModals, FakePresses
from tests.notifier.interactions.presses import payload, submission
from tests.notifier.watch.people import ALICE
from tests.notifier.watch.stores import WatchRoom
from tests.parts.waiting import until
from tests.standins.slack import SlackStandIn
from tests.standins.slack_socket import SlackSocketStandIn

TOKEN = "xapp-very-secret"  # noqa: S105  (a secret only by its name)


class SocketDesk:
    """A desk over a watch room with the alert a1, and the notes that the socket makes."""

    def __init__(self) -> None:
        self.room = WatchRoom()
        self.room.store(alert())
        self.told: list[str] = []
        self.notes: dict[str, str] = {}
        self.handled: list[Press | Submission] = []
        self.desk = InteractionDesk(
            self.room.floor,
            SlackPeople({"": ALICE}),
            FakePresses(),
            FakeModals(),
            lambda _url, text: self.told.append(text),
        )

    def handle(self, told: Press | Submission) -> InteractionAnswer:
        self.handled.append(told)
        return self.desk.handle(told)

    @contextmanager
    def connect(self, slack: SlackStandIn, token: str = TOKEN) -> Iterator[None]:
        """A socket that runs meanwhile."""
        api = SlackApi(SecretStr(token), f"{slack.url}/api/", 2)
        socket = SlackSocket(api, self.handle, self.notes, look_seconds=0.05)
        socket.start()
        try:
            yield
        finally:
            assert socket.stop(10)


@pytest.fixture
def link() -> Iterator[SlackSocketStandIn]:
    with SlackSocketStandIn() as standin:
        yield standin


@pytest.fixture
def slack(link: SlackSocketStandIn) -> Iterator[SlackStandIn]:
    with SlackStandIn() as standin:
        standin.socket_url = link.url
        yield standin


def test_what_people_do_is_done_and_then_acknowledged(
    slack: SlackStandIn, link: SlackSocketStandIn
) -> None:
    desk = SocketDesk()
    link.push(payload(), "e1")
    link.push(submission(), "e2")
    link.push({"event": {}}, "e3", kind="events_api")
    link.push({"type": "view_submission"}, "e4")

    with desk.connect(slack):
        until(lambda: len(link.acknowledged) == 4, "all is acknowledged", 10)

    bodies: dict[str, Any] = {
        each["envelope_id"]: each.get("payload") for each in link.acknowledged
    }
    assert desk.room.acknowledgements.known["a1"].owner == "alice"
    assert desk.told == ["In your hands until 2026-11-22 16:00Z"]
    assert bodies.pop("e2")["response_action"] == "update"
    assert bodies == {"e1": None, "e3": None, "e4": None}
    assert len(desk.room.silences.known) == 1


@pytest.mark.parametrize("leave", ["drop", "ask_to_reconnect"])
def test_a_connection_that_ends_is_followed_by_another(
    slack: SlackStandIn, link: SlackSocketStandIn, leave: str
) -> None:
    desk = SocketDesk()
    with desk.connect(slack):
        until(lambda: link.connected == 1, "it is connected", 10)
        getattr(link, leave)()
        until(lambda: link.connected == 2, "it is connected again", 10)
        link.push(payload())
        until(lambda: bool(link.acknowledged), "a press comes by the next one", 10)

    assert desk.room.acknowledgements.known["a1"].serial == 1


def test_what_a_bug_breaks_is_acknowledged_once(
    slack: SlackStandIn, link: SlackSocketStandIn
) -> None:
    desk = SocketDesk()
    desk.room.acknowledgements.faults.append(AssertionError("a bug"))

    with desk.connect(slack):
        link.push(payload())
        until(lambda: bool(link.acknowledged), "it is acknowledged", 10)

    assert len(desk.handled) == 1


@pytest.mark.parametrize(
    ("token", "fault", "message"),
    [
        (TOKEN, {"kind": "error", "error": "invalid_auth"}, "invalid_auth"),
        (TOKEN, {"kind": "status", "status": 429, "retry_after": "0.5"}, "rate limited"),
        (TOKEN, {"kind": "status", "status": 503}, "503"),
        (TOKEN, {"kind": "drop"}, "no answer"),
        ("xoxb-bot", None, "not_allowed_token_type"),
    ],
    ids=["revoked", "limited", "down", "no answer", "a bot's token"],
)
def test_why_there_is_no_connection_is_known_and_no_secret(
    slack: SlackStandIn,
    token: str,
    fault: dict[str, Any] | None,
    message: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    desk = SocketDesk()
    if fault is not None:
        slack.script_fault(call="apps.connections.open", times=1000, **fault)

    with desk.connect(slack, token):
        until(lambda: NOTE in desk.notes, "it is noted", 10)

    assert message in desk.notes[NOTE]
    assert "very-secret" not in f"{desk.notes} {caplog.text}"


def test_once_slack_answers_the_note_is_gone(slack: SlackStandIn, link: SlackSocketStandIn) -> None:
    desk = SocketDesk()
    slack.script_fault("error", call="apps.connections.open", error="internal_error")
    with desk.connect(slack):
        until(lambda: link.connected == 1, "it is connected", 10)
        until(lambda: not desk.notes, "nothing is noted", 10)
