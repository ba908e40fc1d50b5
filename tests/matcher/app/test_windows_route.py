"""`/windows/PACK/RULE`: asked in one thread, answered in that of the messages."""

import asyncio
from collections.abc import Iterator
from threading import Thread

import pytest
from fastapi.testclient import TestClient

from schemas.live_windows import LiveWindows
from services.admin import make_admin_app
from services.matcher.adapters.correlation.live_windows import NoSuchRule
from services.matcher.app.windows_route import WindowsRoute
from services.matcher.domain.rules.rulebook import RuleKey
from services.telemetry import Health


def answer(key: RuleKey, value: str | None) -> LiveWindows:
    """Of the rule `march` alone, as many groups as the value has letters."""
    if key[1] != "march":
        raise NoSuchRule
    pack, rule = key
    groups = len(value or "")
    return LiveWindows(
        pack=pack, rule=rule, partitions=(0,), partition_count=2, groups=groups, windows=()
    )


def client_of(route: WindowsRoute) -> TestClient:
    app = make_admin_app(Health())
    route.add_to(app)
    return TestClient(app)


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever)
    thread.start()
    yield loop
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def test_the_loop_of_the_messages_answers(loop: asyncio.AbstractEventLoop) -> None:
    route = WindowsRoute()
    route.open(loop, answer)

    asked = client_of(route).get("/windows/iraq-2020/march", params={"value": "Taji"})

    assert asked.status_code == 200
    assert (asked.json()["pack"], asked.json()["groups"]) == ("iraq-2020", 4)


def test_a_rule_that_is_not_in_force_is_named(loop: asyncio.AbstractEventLoop) -> None:
    route = WindowsRoute()
    route.open(loop, answer)

    asked = client_of(route).get("/windows/iraq-2020/marsh")

    assert asked.status_code == 404
    assert asked.json() == {"detail": "no rule iraq-2020/marsh with windows is in force here"}


def test_before_the_rules_are_there_it_says_so() -> None:
    asked = client_of(WindowsRoute()).get("/windows/iraq-2020/march")

    assert (asked.status_code, asked.json()["detail"]) == (
        503,
        "the matcher is starting: ask again",
    )


def test_a_loop_that_does_not_come_to_it_is_not_waited_for() -> None:
    loop = asyncio.new_event_loop()  # it does not run
    route = WindowsRoute(answer_seconds=0)
    route.open(loop, answer)
    client = client_of(route)

    asked = [client.get("/windows/iraq-2020/march") for _ in range(2)]

    assert [each.status_code for each in asked] == [503, 503]
    assert asked[1].json()["detail"].startswith("no answer within 0 s")
    loop.run_until_complete(asyncio.sleep(0))
    loop.close()
