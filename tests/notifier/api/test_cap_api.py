"""The feed of CAP messages."""

from datetime import timedelta
from typing import Any

import pytest
from lxml import etree

from schemas.alert import Alert, Level, Status
from tests.notifier.alerts import NOON, alert
from tests.notifier.api.caller import api
from tests.notifier.watch.people import ALICE, request
from tests.notifier.watch.stores import WatchRoom

ATOM = "{http://www.w3.org/2005/Atom}"


def fill(*alerts: Alert) -> WatchRoom:
    room = WatchRoom()
    room.store(*alerts)
    return room


def list_links(answer: Any) -> list[str]:
    """The identifiers of the messages that the index names."""
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/atom+xml")
    entries = etree.fromstring(answer.content).iter(f"{ATOM}entry")
    return [entry.find(f"{ATOM}link").get("href").removeprefix("cap/") for entry in entries]


async def test_the_index_leads_to_each_message() -> None:
    room = fill(alert(), alert("b2", level=Level.LOW))

    async with api(room, "visitor") as client:
        links = list_links(await client.get("/v1/cap"))
        answers = [await client.get(f"/v1/cap/{link}") for link in links]

    assert links == ["b2.1", "a1.1"]
    assert {answer.headers["content-type"] for answer in answers} == {"application/cap+xml"}
    assert b"<identifier>b2.1</identifier>" in answers[0].content


async def test_who_has_it_already_is_not_sent_it_again() -> None:
    room = fill(alert())
    async with api(room) as client:
        for path in ("/v1/cap", "/v1/cap/a1.1"):
            tag = (await client.get(path)).headers["etag"]
            again = await client.get(path, headers={"If-None-Match": f'"x", W/{tag}'})
            assert (again.status_code, again.content) == (304, b"")
            assert again.headers["etag"] == tag
        room.store(alert(revision=2))
        changed = await client.get("/v1/cap", headers={"If-None-Match": tag})

    assert changed.status_code == 200


async def test_an_end_stays_for_a_day_and_what_was_never_told_is_left_out() -> None:
    ended: dict[str, Any] = {"status": Status.RESOLVED}
    room = fill(
        alert("fires"),
        alert("ends"),
        alert("ends", 2, **ended),
        alert("old", updated_at=NOON - timedelta(days=3)),
        alert("old", 2, updated_at=NOON - timedelta(days=2), **ended),
        alert("unseen", **ended),
        alert("history", backfill=True),
        alert("storm", storm=True),
    )
    async with api(room) as client:
        assert set(list_links(await client.get("/v1/cap"))) == {"fires.1", "ends.2"}


async def test_pages_have_all_that_fires() -> None:
    room = fill(*(alert(f"a{number}") for number in range(5)))
    links: list[str] = []

    async with api(room) as client:
        path = "/v1/cap?limit=2&filter=pack%3D~%22iraq.*%22"
        for _ in range(3):
            answer = await client.get(path)
            links += list_links(answer)
            after = etree.fromstring(answer.content).find(f"{ATOM}link[@rel='next']")
            path = "" if after is None else f"/v1/cap{after.get('href')}"

    assert links == ["a4.1", "a3.1", "a2.1", "a1.1", "a0.1"]
    assert path == ""


async def test_filters_and_silences_leave_out() -> None:
    room = fill(alert(), alert("b2", level=Level.LOW), alert("c3", level=Level.CRITICAL))
    room.floor.add_silence(ALICE, request())

    async with api(room) as client:
        urgent = list_links(await client.get("/v1/cap", params={"filter": 'level=~"high|crit.*"'}))
        hidden = list_links(await client.get("/v1/cap", params={"silenced": "true"}))

    assert urgent == ["c3.1"]
    assert hidden == ["a1.1"]


@pytest.mark.parametrize(
    ("path", "message"),
    [("a1.1", "newest message is kept: a1.2"), ("x.1", "no message"), ("a1", "no message")],
)
async def test_another_message_is_none(path: str, message: str) -> None:
    async with api(fill(alert(), alert(revision=2))) as client:
        answer = await client.get(f"/v1/cap/{path}")

    assert answer.status_code == 404
    assert message in answer.json()["error"]


async def test_without_a_token_there_is_no_feed() -> None:
    async with api(fill(alert()), name=None) as client:
        answers = [await client.get(path) for path in ("/v1/cap", "/v1/cap/a1.1")]

    assert [answer.status_code for answer in answers] == [401, 401]


async def test_an_incomplete_log_is_no_empty_feed() -> None:
    room = fill(alert())
    room.log.complete = False

    async with api(room) as client:
        answers = [await client.get(path) for path in ("/v1/cap", "/v1/cap/a1.1")]

    assert [answer.status_code for answer in answers] == [503, 503]


async def test_nothing_fires_is_a_feed_too() -> None:
    async with api(WatchRoom()) as client:
        assert list_links(await client.get("/v1/cap")) == []
