from typing import Any

import pytest

from schemas.alert import Level, Status
from schemas.ledger import Act, Entry, LedgerLine
from tests.notifier.alerts import NOON, alert
from tests.notifier.api.caller import api
from tests.notifier.watch.stores import WatchRoom

ALL = "/v1/alerts?status=firing&status=resolved"


def ids(answer: Any) -> list[str]:
    return [item["id"] for item in answer.json()["alerts"]]


async def test_alerts_that_fire_are_listed_unless_others_are_asked_for() -> None:
    room = WatchRoom()
    room.store(alert("a"), alert("b", status=Status.RESOLVED), alert("c"))

    async with api(room, "visitor") as client:
        firing, both = await client.get("/v1/alerts"), await client.get(ALL)

    assert (firing.status_code, ids(firing), ids(both)) == (200, ["c", "a"], ["c", "b", "a"])
    [item, _] = firing.json()["alerts"]
    assert (item["pack"], item["rule"], item["level"]) == ("iraq-2020", "joint_march", "high")
    assert item["labels"]["group_country"] == ["IQ"]


async def test_pages_are_asked_for_by_their_cursor() -> None:
    room = WatchRoom()
    room.store(*(alert(f"a{number}") for number in range(3)))

    async with api(room) as client:
        first = await client.get("/v1/alerts", params={"limit": 2})
        second = await client.get(
            "/v1/alerts", params={"limit": 2, "cursor": first.json()["cursor"]}
        )

    assert (ids(first), ids(second)) == (["a2", "a1"], ["a0"])
    assert second.json()["cursor"] is None


async def test_a_filter_has_matchers() -> None:
    room = WatchRoom()
    room.store(alert("a"), alert("b", level=Level.LOW), alert("c", group={"country": "SY"}))
    wanted = {"filter": ['level=~"high|critical"', 'group_country="IQ"']}

    async with api(room) as client:
        answer = await client.get("/v1/alerts", params=wanted)

    assert ids(answer) == ["a"]


REFUSED = {
    "a broken matcher": ("filter=level", "filter", "is no matcher"),
    "no such label": ('filter=colour="red"', "filter", "no alert has a label colour"),
    "no such parameter": ("colour=red", "colour", "there is no such key"),
    "no such status": ("status=gone", "status.0", "firing"),
    "too many": ("limit=201", "limit", "must be at most 200"),
    "no number": ("limit=x", "limit", "must be a whole number"),
    "twice": ("limit=1&limit=2", "limit", "must be a whole number"),
    "no cursor of ours": ("cursor=-1", "cursor", "must match"),
}


@pytest.mark.parametrize(("query", "field", "message"), REFUSED.values(), ids=REFUSED.keys())
async def test_a_wrong_parameter_is_named(query: str, field: str, message: str) -> None:
    async with api(WatchRoom()) as client:
        answer = await client.get(f"/v1/alerts?{query}")

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field
    assert message in answer.json()["error"]


async def test_one_alert_has_its_history() -> None:
    room = WatchRoom()
    room.store(alert())
    room.log.entries["a1"] = {"slack": Entry(revision=1, status=Status.FIRING, sent_at=NOON)}
    line = LedgerLine(
        at=NOON, act=Act.NOTIFIED, fingerprint="f", alert="a1", revision=1, reason="first"
    )
    room.history.append([line])

    async with api(room) as client:
        answer = (await client.get("/v1/alerts/a1")).json()
        missing = await client.get("/v1/alerts/x")

    assert answer["alert"]["evidence"][0]["source"] == "reuters"
    assert answer["receivers"][0]["receiver"] == "slack"
    assert answer["history"][0]["act"] == "notified"
    assert (missing.status_code, "no alert 'x'" in missing.json()["error"]) == (404, True)


async def test_an_alert_is_acknowledged_shown_as_such_and_taken_back() -> None:
    room = WatchRoom()
    room.store(alert())

    async with api(room) as client:
        put = await client.put("/v1/alerts/a1/acknowledgement", json={"duration": "1h"})
        listed = (await client.get("/v1/alerts?acknowledged=true")).json()
        in_hand = (await client.get("/v1/acknowledgements")).json()
        taken_back = await client.delete("/v1/alerts/a1/acknowledgement")
        again = await client.delete("/v1/alerts/a1/acknowledgement")

    assert put.json()["ends_at"] == "2026-11-22T13:00:00Z"
    assert listed["alerts"][0]["acknowledgement"]["owner"] == "alice"
    assert [each["alert"] for each in in_hand["acknowledgements"]] == ["a1"]
    assert (taken_back.status_code, taken_back.json()["ended_by"]) == (200, "alice")
    assert again.status_code == 409


async def test_an_empty_acknowledgement_holds_for_four_hours() -> None:
    room = WatchRoom()
    room.store(alert())

    async with api(room) as client:
        put = await client.put("/v1/alerts/a1/acknowledgement", json={})

    assert put.json()["ends_at"] == "2026-11-22T16:00:00Z"


async def test_a_verdict_is_kept_and_counts_for_its_rule() -> None:
    room = WatchRoom()
    room.store(alert("a1"), alert("a2"), alert("a3"))

    async with api(room) as client:
        put = await client.put("/v1/alerts/a1/verdict", json={"verdict": "noise"})
        await client.put("/v1/alerts/a2/verdict", json={"verdict": "useful", "comment": "yes"})
        rules = (await client.get("/v1/rules")).json()["rules"]
        verdicts = (await client.get("/v1/verdicts?limit=1")).json()["verdicts"]
        wrong = await client.put("/v1/alerts/a1/verdict", json={"verdict": "meh"})

    assert put.json()["verdicts"][0]["by"] == "alice"
    assert rules == [
        {
            "pack": "iraq-2020",
            "rule": "joint_march",
            "fires": 3,
            "useful": 1,
            "noise": 1,
            "known": 0,
            "useful_ratio": 0.5,
        }
    ]
    assert len(verdicts) == 1
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "verdict")


async def test_alerts_are_grouped_by_labels() -> None:
    room = WatchRoom()
    room.store(alert("a"), alert("b", group={"country": "SY"}))

    async with api(room) as client:
        groups = (await client.get("/v1/groups?by=group_country")).json()["groups"]
        wrong = await client.get("/v1/groups?by=colour")

    assert [group["labels"] for group in groups] == [
        {"group_country": "SY"},
        {"group_country": "IQ"},
    ]
    assert wrong.json()["errors"][0]["field"] == "by"


async def test_receivers_and_the_caller_are_shown() -> None:
    async with api(WatchRoom(), "visitor") as client:
        receivers = (await client.get("/v1/receivers")).json()["receivers"]
        caller = (await client.get("/v1/me")).json()

    assert receivers == [{"name": "slack", "pages": False, "fault": None, "queued": 3}]
    assert caller == {"name": "visitor", "role": "viewer"}


async def test_a_log_that_is_rebuilt_is_not_shown_in_part() -> None:
    room = WatchRoom()
    room.log.complete = False

    async with api(room) as client:
        for path in ("alerts", "groups", "silences", "rules", "verdicts", "acknowledgements"):
            answer = await client.get(f"/v1/{path}")
            assert (path, answer.status_code) == (path, 503)
            assert answer.headers["Retry-After"] == "5"
            assert "being rebuilt" in answer.json()["error"]
