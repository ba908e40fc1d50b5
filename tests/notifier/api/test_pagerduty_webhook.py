"""What people do at PagerDuty holds here too: signed events in, acknowledgements out."""

import hashlib
import hmac
import json
from datetime import timedelta
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from redis.exceptions import ConnectionError as RedisGone

from schemas.alert import Status
from services.notifier.adapters.api.endpoint import LARGEST_BODY
from services.notifier.adapters.api.pagerduty_webhook import PATH, PagerDutyDialect, is_signed
from services.notifier.domain.errors import LogLost
from services.notifier.domain.watch.acknowledgements import AcknowledgementRequest
from services.notifier.domain.watch.people import Person, Role
from tests.notifier.alerts import alert
from tests.notifier.api.pager_floor import PagerFloor, is_heeded
from tests.notifier.watch.people import ALICE

SECRET = "shared with PagerDuty"  # noqa: S105  (a secret only by its name)
USER = {"id": "PLH1HKV", "type": "user_reference", "summary": "Bob Baker"}
MACHINE = {"id": "PF9KMXH", "type": "inbound_integration_reference", "summary": "Vedette"}
BOB = Person("bob", Role.ANALYST, frozenset({"pagerduty:PLH1HKV"}))
STRANGER = "Bob Baker (pagerduty:PLH1HKV)"


class PagedFloor(PagerFloor):
    """That of PagerDuty."""

    def __init__(self, *people: Person) -> None:
        super().__init__(PATH, PagerDutyDialect(SecretStr(SECRET)), *people)

    def write(self, act: str, agent: Any = USER, key: str | None = "a1", late: int = 0) -> bytes:
        """An event that happened a second after what was before, unless it is late."""
        self.room.clock.move(1)
        at = (self.room.clock() - timedelta(seconds=late)).isoformat()
        data = {"id": "PGR0VU2", "type": "incident", "incident_key": key, "status": "any"}
        event = {"id": "e", "event_type": act, "occurred_at": at, "agent": agent, "data": data}
        body = json.dumps({"event": event}).encode()
        self.room.clock.move(1)
        return body

    async def post(self, body: bytes, signature: str | None = None) -> httpx.Response:
        given = sign(body) if signature is None else signature
        return await self.send(body, {b"X-PagerDuty-Signature": given.encode("latin-1")})

    async def tell(self, act: str, **changes: Any) -> bool:
        """Whether the event, which is taken, was heeded."""
        return is_heeded(await self.post(self.write(f"incident.{act}", **changes)))


@pytest.fixture
def paged() -> PagedFloor:
    return PagedFloor()


def sign(body: bytes, secret: str = SECRET) -> str:
    return f"v1={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"


@pytest.mark.parametrize("act", ["acknowledged", "resolved"])
async def test_what_is_dealt_with_there_is_in_hand_here(paged: PagedFloor, act: str) -> None:
    assert await paged.tell(act)

    assert paged.owner == STRANGER
    assert paged.room.acknowledgements.known["a1"].comment == f"{act} at PagerDuty"


async def test_an_alias_names_the_person() -> None:
    paged = PagedFloor(BOB)

    await paged.tell("acknowledged")

    assert paged.owner == "bob"


async def test_a_repeated_event_changes_nothing(paged: PagedFloor) -> None:
    body = paged.write("incident.acknowledged")
    for _ in range(3):
        await paged.post(body)

    assert len(paged.room.lines) == 1


async def test_who_has_it_in_hand_keeps_it(paged: PagedFloor) -> None:
    paged.room.floor.acknowledge(ALICE, "a1", AcknowledgementRequest())

    await paged.tell("acknowledged")
    await paged.tell("unacknowledged")

    assert paged.owner == "alice"
    assert len(paged.room.lines) == 1


@pytest.mark.parametrize("agent", [USER, None], ids=["by a person", "by a time-out"])
async def test_what_is_given_back_there_is_in_nobodys_hands(paged: PagedFloor, agent: Any) -> None:
    await paged.tell("acknowledged")

    assert await paged.tell("unacknowledged", agent=agent)
    assert paged.owner is None


async def test_an_event_that_comes_too_late_changes_nothing(paged: PagedFloor) -> None:
    body = paged.write("incident.acknowledged")
    await paged.post(body)
    await paged.tell("unacknowledged")

    assert not (await paged.post(body)).json()["heeded"]
    assert paged.owner is None


@pytest.mark.parametrize("agent", [MACHINE, None], ids=["ours", "nobody"])
@pytest.mark.parametrize("act", ["acknowledged", "resolved"])
async def test_what_a_machine_did_there_is_nobodys_act(
    paged: PagedFloor, act: str, agent: Any
) -> None:
    assert not await paged.tell(act, agent=agent)
    assert paged.owner is None


@pytest.mark.parametrize("key", ["another", None])
async def test_an_incident_of_others_is_ignored(paged: PagedFloor, key: str | None) -> None:
    assert not await paged.tell("acknowledged", key=key)


@pytest.mark.parametrize("act", ["acknowledged", "unacknowledged", "resolved"])
async def test_an_alert_that_has_ended_is_left_alone(paged: PagedFloor, act: str) -> None:
    paged.room.store(alert(revision=2, status=Status.RESOLVED))

    assert not await paged.tell(act)


@pytest.mark.parametrize(
    "body",
    [
        b'{"event": {"event_type": "pagey.ping", "data": {"message": "hi"}}}',
        b'{"event": {"event_type": "incident.escalated"}}',
    ],
    ids=["ping", "escalated"],
)
async def test_other_events_are_taken_and_ignored(paged: PagedFloor, body: bytes) -> None:
    answer = await paged.post(body)

    assert (answer.status_code, answer.json()) == (200, {"heeded": False})


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (b"{", "the body is not JSON: line 1"),
        (b"[]", "the body: "),
        (b"{}", "event: "),
        (b'{"event": {"event_type": 1}}', "event_type: "),
        (b'{"event": {"event_type": "incident.acknowledged", "data": {}}}', "occurred_at: "),
        (b"[" * 50_000, "the body is not JSON: nested too deeply"),
    ],
    ids=["cut", "a list", "empty", "a number", "no time", "deep"],
)
async def test_what_is_malformed_is_named(paged: PagedFloor, body: bytes, fault: str) -> None:
    answer = await paged.post(body)

    assert answer.status_code == 400
    assert answer.json()["error"].startswith(fault)


async def test_who_does_not_know_the_secret_changes_nothing(paged: PagedFloor) -> None:
    body = paged.write("incident.acknowledged")
    for signature in ("", "v1=", "v1=ü", sign(body, "other"), sign(body + b" "), sign(body)[3:]):
        answer = await paged.post(body, signature)
        assert answer.status_code == 401
        assert SECRET not in answer.text

    assert paged.owner is None


def test_one_of_several_signatures_is_enough() -> None:
    assert is_signed(SECRET, b"{}", f"{sign(b'{}', 'old')}, {sign(b'{}')}")
    assert not is_signed(SECRET, b"{}", f"{sign(b'{}', 'old')},{sign(b'{}', 'older')}")


async def test_a_body_is_bounded(paged: PagedFloor) -> None:
    assert (await paged.post(b" " * (LARGEST_BODY + 1))).status_code == 413


@pytest.mark.parametrize("fault", [RedisGone("no"), LogLost("no")], ids=["redis", "log"])
async def test_what_cannot_be_kept_is_asked_for_again(paged: PagedFloor, fault: Exception) -> None:
    body = paged.write("incident.acknowledged")
    paged.room.acknowledgements.faults = [fault]

    answer = await paged.post(body)

    assert answer.status_code == 503
    assert (await paged.post(body)).json()["heeded"]
