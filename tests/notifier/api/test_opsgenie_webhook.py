"""What people do at Opsgenie holds here too: events with the secret in, acknowledgements out."""

import json
from datetime import timedelta
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from services.notifier.adapters.api.opsgenie_webhook import EPOCH, PATH, OpsgenieDialect
from services.notifier.domain.watch.acknowledgements import AcknowledgementRequest
from services.notifier.domain.watch.people import Person, Role
from tests.notifier.api.pager_floor import PagerFloor, is_heeded
from tests.notifier.watch.people import ALICE

SECRET = "shared-with-opsgenie"  # noqa: S105  (a secret only by its name)
USER = "daed1180-0ce8-438b-8f8e-57e1a5920a2d"
BOB = Person("bob", Role.ANALYST, frozenset({f"opsgenie:{USER}"}))
STRANGER = f"bob@example.org (opsgenie:{USER})"
GOOD = f"Bearer {SECRET}"


class CalledFloor(PagerFloor):
    """That of Opsgenie."""

    def __init__(self, *people: Person) -> None:
        super().__init__(PATH, OpsgenieDialect(SecretStr(SECRET)), *people)

    def write(self, action: str, source: str = "web", late: int = 0, **changes: Any) -> bytes:
        """An action that happened a second after what was before, unless it is late."""
        self.room.clock.move(1)
        at = self.room.clock() - timedelta(seconds=late) - EPOCH
        nanoseconds = at // timedelta(microseconds=1) * 1000
        told = {
            "alertId": "052652ac-5d1c-464a-812a-7dd18bbfba8c",
            "alias": "a1",
            "tinyId": "23",
            "message": "Joint march",
            "updatedAt": nanoseconds,
            "username": "bob@example.org",
            "userId": USER,
        }
        self.room.clock.move(1)
        body = {
            "action": action,
            "source": {"name": "", "type": source},
            "alert": told | changes,
            "integrationName": "Vedette",
        }
        return json.dumps(body).encode()

    async def post(self, body: bytes, authorization: str | None = GOOD) -> httpx.Response:
        headers = {} if authorization is None else {b"Authorization": authorization.encode()}
        return await self.send(body, headers)

    async def tell(self, action: str, **changes: Any) -> bool:
        """Whether the action, which is taken, was heeded."""
        return is_heeded(await self.post(self.write(action, **changes)))


@pytest.fixture
def called() -> CalledFloor:
    return CalledFloor()


@pytest.mark.parametrize(
    ("action", "comment"),
    [("Acknowledge", "acknowledged at Opsgenie"), ("Close", "resolved at Opsgenie")],
)
async def test_what_is_dealt_with_there_is_in_hand_here(
    called: CalledFloor, action: str, comment: str
) -> None:
    assert await called.tell(action)

    assert called.owner == STRANGER
    assert called.room.acknowledgements.known["a1"].comment == comment


async def test_an_alias_names_the_person() -> None:
    called = CalledFloor(BOB)

    await called.tell("Acknowledge")

    assert called.owner == "bob"


@pytest.mark.parametrize("user", [USER, ""], ids=["by a person", "by a time-out"])
async def test_what_is_given_back_there_is_in_nobodys_hands(called: CalledFloor, user: str) -> None:
    await called.tell("Acknowledge")

    assert await called.tell("UnAcknowledge", userId=user)
    assert called.owner is None
    assert called.room.acknowledgements.known["a1"].ended_by == "Opsgenie"


async def test_who_has_it_in_hand_keeps_it(called: CalledFloor) -> None:
    called.room.floor.acknowledge(ALICE, "a1", AcknowledgementRequest())

    await called.tell("Acknowledge")
    await called.tell("UnAcknowledge")

    assert called.owner == "alice"


@pytest.mark.parametrize("action", ["Acknowledge", "Close"])
@pytest.mark.parametrize(
    "changes",
    [{"source": "api"}, {"source": "API"}, {"userId": ""}, {"username": "System"}],
    ids=["ours", "ours too", "nobody", "a policy"],
)
async def test_what_a_machine_did_there_is_nobodys_act(
    called: CalledFloor, action: str, changes: dict[str, Any]
) -> None:
    assert not await called.tell(action, **changes)
    assert called.owner is None


async def test_an_action_that_comes_too_late_changes_nothing(called: CalledFloor) -> None:
    body = called.write("Acknowledge")
    await called.post(body)
    await called.tell("UnAcknowledge")

    assert not (await called.post(body)).json()["heeded"]
    assert not await called.tell("Acknowledge", late=60)
    assert called.owner is None


async def test_a_time_may_be_in_milliseconds(called: CalledFloor) -> None:
    at = (called.room.clock() - EPOCH) // timedelta(milliseconds=1) + 2000

    assert await called.tell("Acknowledge", updatedAt=at)
    assert called.owner == STRANGER


@pytest.mark.parametrize("alias", ["another", ""], ids=["unknown", "none"])
async def test_an_alert_of_others_is_ignored(called: CalledFloor, alias: str) -> None:
    assert not await called.tell("Acknowledge", alias=alias)


@pytest.mark.parametrize("action", ["Create", "AddNote", "EscalateNext", "TestAction"])
async def test_other_actions_are_taken_and_ignored(called: CalledFloor, action: str) -> None:
    assert not await called.tell(action)
    assert (await called.post(b'{"action": "%s"}' % action.encode())).status_code == 200


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (b"{", "the body is not JSON: line 1"),
        (b"[]", "the body: "),
        (b"{}", "action: "),
        (b'{"action": "Close"}', "alert: "),
        (b'{"action": "Close", "alert": {"alias": "a1"}}', "alert.updatedAt: "),
        (b'{"action": "Close", "alert": {"updatedAt": -1}}', "alert.updatedAt: "),
        (b'{"action": "Close", "alert": {"updatedAt": 9999999999999999999}}', "alert.updatedAt: "),
        (b'{"action": "Close", "alert": {"updatedAt": 1, "alias": 2}}', "alert.alias: "),
    ],
)
async def test_what_is_malformed_is_named(called: CalledFloor, body: bytes, fault: str) -> None:
    answer = await called.post(body)

    assert answer.status_code == 400
    assert answer.json()["error"].startswith(fault)


@pytest.mark.parametrize(
    "authorization",
    [None, "", "Bearer", "Bearer x", f"Basic {SECRET}", SECRET, f"Bearer {SECRET}x", "Bearer ü"],
)
async def test_who_does_not_know_the_secret_changes_nothing(
    called: CalledFloor, authorization: str | None
) -> None:
    answer = await called.post(called.write("Acknowledge"), authorization)

    assert answer.status_code == 401
    assert SECRET not in answer.text
    assert called.owner is None
