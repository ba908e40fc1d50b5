from typing import Any

import pytest

from tests.notifier.alerts import alert
from tests.notifier.api.caller import api
from tests.notifier.watch.stores import WatchRoom

BODY: dict[str, Any] = {"matchers": ['level="high"'], "reason": "works", "duration": "2h"}
CRITICAL = BODY | {"matchers": ['level="critical"']}


async def test_a_silence_is_made_listed_changed_and_ended() -> None:
    room = WatchRoom()
    room.store(alert())

    async with api(room) as client:
        made = await client.post("/v1/silences", json=BODY)
        hidden = (await client.get("/v1/alerts?silenced=true")).json()["alerts"]
        changed = await client.put("/v1/silences/s1", json=BODY | {"duration": "3h"})
        listed = (await client.get("/v1/silences")).json()["silences"]
        ended = await client.delete("/v1/silences/s1")
        left = (await client.get("/v1/silences")).json()["silences"]
        expired = (await client.get("/v1/silences?state=expired")).json()["silences"]

    assert (made.status_code, made.json()["owner"]) == (201, "alice")
    assert [item["silence"] for item in hidden] == ["s1"]
    assert changed.json()["ends_at"] == "2026-11-22T15:00:00Z"
    assert [(each["id"], each["state"]) for each in listed] == [("s1", "active")]
    assert (ended.status_code, ended.json()["ended_by"], left) == (200, "alice", [])
    assert [(each["id"], each["state"]) for each in expired] == [("s1", "expired")]


async def test_a_long_silence_of_critical_alerts_awaits_another_person() -> None:
    room = WatchRoom()

    async with api(room) as client:
        made = (await client.post("/v1/silences", json=CRITICAL)).json()
        own = await client.post("/v1/silences/s1/approval")
    async with api(room, "bob") as client:
        approved = (await client.post("/v1/silences/s1/approval")).json()

    assert made["awaits_approval"] is True
    assert (own.status_code, "another person" in own.json()["error"]) == (403, True)
    assert (approved["awaits_approval"], approved["approved_by"]) == (False, "bob")


async def test_a_preview_says_what_would_be_hidden() -> None:
    room = WatchRoom()
    room.store(alert("a"), alert("b"))

    async with api(room, "visitor") as client:
        preview = await client.post(
            "/v1/silences/preview", json={"matchers": ['rule="joint_march"']}
        )

    answer = preview.json()
    assert (answer["firing_count"], answer["week_count"]) == (2, 2)
    assert [each["id"] for each in answer["firing"]] == ["b", "a"]
    assert answer["rules"] == {"iraq-2020/joint_march": 2}


REFUSED: dict[str, tuple[dict[str, Any], str, str]] = {
    "no matchers": ({"matchers": []}, "matchers", "would hide everything"),
    "no list": ({"matchers": 'level="high"'}, "matchers", "must be a list"),
    "no such key": ({"owner": "bob"}, "owner", "there is no such key"),
    "no reason": ({"reason": ""}, "reason", "say why"),
    "no end": ({"duration": None}, "ends_at", "or a duration such as 2h"),
    "no duration": ({"duration": "soon"}, "duration", "is no time span"),
    "no time": ({"duration": "0s"}, "", "no time at all"),
    "two ends": ({"ends_at": "2026-11-22T15:00:00Z"}, "", "write one of them"),
    "no offset": (
        {"duration": None, "ends_at": "2026-11-22T15:00:00"},
        "ends_at",
        "with its offset",
    ),
    "seconds since 1970": ({"duration": None, "ends_at": 1795359600}, "ends_at", "offset"),
    "too long": ({"duration": "31d"}, "duration", "more than 30 days"),
    "too late": (
        {"duration": None, "ends_at": "2027-11-22T15:00:00Z"},
        "ends_at",
        "more than 30 days",
    ),
}


@pytest.mark.parametrize(("changes", "field", "message"), REFUSED.values(), ids=REFUSED.keys())
async def test_a_wrong_field_is_named_with_the_way_out(
    changes: dict[str, Any], field: str, message: str
) -> None:
    async with api(WatchRoom()) as client:
        answer = await client.post("/v1/silences", json=BODY | changes)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field
    assert message in answer.json()["error"]


async def test_a_silence_that_has_ended_is_a_conflict() -> None:
    async with api(WatchRoom()) as client:
        await client.post("/v1/silences", json=BODY)
        await client.delete("/v1/silences/s1")
        again = await client.delete("/v1/silences/s1")
        missing = await client.get("/v1/silences/x")

    assert again.status_code == 409
    assert missing.status_code == 404
