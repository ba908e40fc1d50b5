"""Buttons from the request to the watch floor, and what the person is told."""

import threading
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from redis import ConnectionError as RedisGone

from schemas.alert import Status
from schemas.recorded_verdict import Opinion
from services.notifier.adapters.interactions.desk import InteractionAnswer, InteractionDesk
from services.notifier.adapters.interactions.interaction import Press, Submission
from services.notifier.adapters.interactions.slack_endpoint import (
    LARGEST_BODY,
    PATH,
    SlackEndpoint,
    add_slack,
)
from services.notifier.adapters.interactions.slack_people import SlackPeople
from services.notifier.domain.errors import LogLost
from services.notifier.domain.watch.people import Role
from services.slack_signature import sign
from tests.notifier.alerts import alert
from tests.notifier.interactions.fakes import FakeModals, FakePresses
from tests.notifier.interactions.presses import REPLY, form, payload, submission
from tests.notifier.watch.people import ALICE
from tests.notifier.watch.stores import WatchRoom

SECRET = "signing-secret"  # noqa: S105  (a secret only by its name)
NOW = "1764244800"
STRANGER = {"id": "U9", "name": "alice", "team_id": "T1"}


class SlackDesk:
    """The endpoint over a watch room with the alert a1, and what was told."""

    def __init__(self, members: Role = Role.VIEWER) -> None:
        self.room = WatchRoom()
        self.room.store(alert())
        self.told: list[tuple[str, str]] = []
        self.hung = threading.Event()
        self.hung.set()
        self.presses, self.modals = FakePresses(), FakeModals()
        people = SlackPeople({"hash": ALICE}, members)
        self.desk = InteractionDesk(self.room.floor, people, self.presses, self.modals, self._tell)
        self.app = FastAPI()
        add_slack(self.app, SlackEndpoint(SecretStr(SECRET), self._handle, lambda: float(NOW), 0.3))

    async def post(self, body: Any, **headers: str) -> httpx.Response:
        """Send the body, signed unless the headers say otherwise."""
        signed = {
            "x-slack-request-timestamp": NOW,
            "x-slack-signature": sign(SECRET, NOW, body) if isinstance(body, bytes) else "v0=",
        }
        given = signed | {name.replace("_", "-"): value for name, value in headers.items()}
        transport = httpx.ASGITransport(self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://api") as client:
            return await client.post(PATH, content=body, headers=given)

    async def press(self, **changes: Any) -> str:
        """Press a button; returns what the person was told."""
        answer = await self.post(form(payload(**changes)))
        assert (answer.status_code, answer.content) == (200, b"")
        [(url, told)] = self.told
        assert url == REPLY
        return told

    def _handle(self, told: Press | Submission) -> InteractionAnswer:
        self.hung.wait()
        return self.desk.handle(told)

    def _tell(self, url: str, text: str) -> None:
        self.told.append((url, text))


async def test_an_alert_is_acknowledged_by_whom_the_token_file_names() -> None:
    slack = SlackDesk()

    told = await slack.press()

    assert told == "In your hands until 2026-11-22 16:00Z"
    assert slack.room.acknowledgements.known["a1"].owner == "alice"


@pytest.mark.parametrize("opinion", Opinion)
async def test_an_alert_is_judged(opinion: Opinion) -> None:
    slack = SlackDesk()

    told = await slack.press(action={"action_id": f"vedette.{opinion}"})

    verdict = slack.room.verdicts.known["a1"]
    assert (verdict.opinion, verdict.by) == (opinion, "alice")
    assert told == f"Your verdict is kept: {opinion}"


async def test_a_press_that_is_told_of_again_changes_nothing() -> None:
    slack = SlackDesk()

    await slack.press()
    await slack.post(form(payload()))

    assert slack.room.acknowledgements.known["a1"].serial == 1
    assert len(slack.told) == 1


async def test_a_stranger_reads_and_hears_how_to_do_more() -> None:
    slack = SlackDesk()

    told = await slack.press(user=STRANGER)

    assert "alice (slack:U9) is a viewer; this needs the role analyst" in told
    assert "name slack:U9 in its token file" in told
    assert not slack.room.acknowledgements.known


async def test_members_are_analysts_where_the_setting_says_so_but_guests_are_not() -> None:
    member, guest = SlackDesk(Role.ANALYST), SlackDesk(Role.ANALYST)

    await member.press(user=STRANGER)
    told = await guest.press(user=STRANGER | {"team_id": "T2"})

    assert member.room.acknowledgements.known["a1"].owner == "alice (slack:U9)"
    assert "is a viewer" in told


async def test_an_act_that_is_refused_is_told() -> None:
    slack = SlackDesk()
    slack.room.store(alert(revision=2, status=Status.RESOLVED))

    assert "the alert is resolved" in await slack.press()


async def test_an_alert_that_nobody_knows_is_told() -> None:
    assert "Not done: no alert 'a9'" in await SlackDesk().press(action={"value": "a9"})


@pytest.mark.parametrize(
    ("fault", "message"),
    [(RedisGone("redis://:secret@r"), "try again"), (LogLost("lost"), "is being rebuilt")],
)
async def test_a_store_that_fails_is_told_without_its_words(fault: Exception, message: str) -> None:
    slack = SlackDesk()
    slack.room.acknowledgements.faults.append(fault)

    told = await slack.press()

    assert message in told
    assert "secret" not in told


async def test_what_is_no_button_of_ours_is_answered_and_does_nothing() -> None:
    slack = SlackDesk()

    answer = await slack.post(form(payload(type="view_closed")))

    assert (answer.status_code, slack.told) == (200, [])


async def test_an_act_is_done_before_it_is_answered() -> None:
    slack = SlackDesk()
    slack.room.acknowledgements.faults.append(RedisGone("gone"))

    await slack.press()
    slack.told.clear()
    told = await slack.press()

    assert "In your hands" in told


async def test_a_press_whose_mark_is_lost_is_done_all_the_same() -> None:
    slack = SlackDesk()
    slack.presses.faults.append(RedisGone("gone"))

    assert "In your hands" in await slack.press()
    await slack.post(form(payload()))

    assert slack.room.acknowledgements.known["a1"].serial == 2


async def test_what_is_not_done_in_time_is_not_answered_as_done() -> None:
    slack = SlackDesk()
    slack.hung.clear()

    late = await slack.post(form(payload()))
    slack.hung.set()

    assert late.status_code == 503
    assert "do it again" in late.json()["error"]


async def test_a_submitted_modal_is_answered_with_what_was_made() -> None:
    slack = SlackDesk()

    answer = await slack.post(form(submission()))

    [silence] = slack.room.silences.known.values()
    assert answer.json()["response_action"] == "update"
    assert (silence.owner, silence.reason) == ("alice", "works")


FORGED = {
    "wrong signature": ({"x_slack_signature": "v0=00"}, "VEDETTE_SLACK_SIGNING_SECRET"),
    "no signature": ({"x_slack_signature": ""}, "VEDETTE_SLACK_SIGNING_SECRET"),
    "too old": ({"x_slack_request_timestamp": "1764244499"}, "within five minutes"),
    "another time": ({"x_slack_request_timestamp": "1764244799"}, "SIGNING_SECRET"),
}


@pytest.mark.parametrize(("headers", "message"), FORGED.values(), ids=FORGED.keys())
async def test_what_is_not_slacks_is_refused(headers: dict[str, str], message: str) -> None:
    slack = SlackDesk()

    answer = await slack.post(form(payload()), **headers)

    assert answer.status_code == 401
    assert message in answer.json()["error"]
    assert SECRET not in answer.text
    assert not slack.room.acknowledgements.known


async def test_a_body_that_is_malformed_is_named_once_it_is_slacks() -> None:
    slack = SlackDesk()

    known, forged = await slack.post(b"x"), await slack.post(b"x", x_slack_signature="v0=")

    assert (known.status_code, forged.status_code) == (400, 401)


async def test_no_more_than_the_largest_body_is_read() -> None:
    slack = SlackDesk()
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += 65536
            yield b"x" * 65536

    answer = await slack.post(endless())
    largest = await slack.post(b"x" * LARGEST_BODY)

    assert (answer.status_code, largest.status_code) == (413, 400)
    assert read <= 2 * LARGEST_BODY
