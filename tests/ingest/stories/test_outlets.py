"""Outlets with one wire: what ingest makes of their posts, and what the rules make of that."""

import httpx
import pytest
from fastapi import FastAPI

from schemas.alert import Alert, Level
from schemas.event import Event
from services.ingest.adapters.body import BodyReader
from services.ingest.adapters.clustering import Clustering
from services.ingest.adapters.http import Authenticator, events_route
from services.ingest.adapters.intake import Intake
from services.ingest.adapters.limits import Limiter
from services.ingest.adapters.tokens import Tokens
from services.ingest.domain.reporter import Reporter
from services.matcher.domain.backtest.replay import replay
from tests.fakes import FakePublisher, FakeStoryIndex
from tests.ingest.builders import digest
from tests.ingest.stories.wires import NOON, WIRE
from tests.matcher.proof.any_reports import corroborated
from tests.matcher.rules import correlating, detecting, rulebook

OUTLETS = [f"outlet{number}" for number in range(10)]
BASE = detecting("rockets", selection={"words|phrase": "rockets"})
LONE = corroborated(detecting("lone", selection={"words|phrase": "rockets"}), sources=2)
RULES = rulebook(BASE, LONE, correlating("three", ["rockets"], timespan="1d"))


async def posted(texts: dict[str, str]) -> list[Event]:
    """The events that Kafka gets when each source posts its text with its token."""
    publisher, clustering = FakePublisher(), Clustering(FakeStoryIndex(), {})
    await clustering.check()
    tokens = Tokens({digest(name): Reporter(name, name) for name in texts})
    intake = Intake(publisher, lambda: NOON, clustering=clustering)
    service = FastAPI()
    service.include_router(
        events_route(intake, Authenticator(lambda: tokens), BodyReader(Limiter()))
    )
    transport = httpx.ASGITransport(service)
    async with httpx.AsyncClient(transport=transport, base_url="http://ingest") as client:
        for name, text in texts.items():
            headers = {"authorization": f"Bearer {name}"}
            response = await client.post("/v1/events", json={"text": text}, headers=headers)
            assert response.status_code == 202
    return [Event.model_validate_json(message.value) for message in publisher.published]


def alerts_of(rule: str, events: list[Event]) -> list[Alert]:
    return [alert for alert in replay(RULES, events).final if alert.rule.name == rule]


async def test_ten_outlets_with_one_wire_make_one_alert_with_ten_pieces_of_evidence() -> None:
    events = await posted({name: f"({name}) {WIRE}" for name in OUTLETS})

    [alert] = alerts_of("lone", events)
    assert {event.cluster for event in events} == {events[0].identity}
    assert alert.evidence_count == 10


async def test_ten_outlets_with_one_wire_count_once() -> None:
    events = await posted({name: f"({name}) {WIRE}" for name in OUTLETS})

    assert alerts_of("three", events) == []


async def test_three_attacks_in_the_same_words_count_three_times() -> None:
    places = ["Balad", "Taji", "Kirkuk"]
    events = await posted({place: WIRE.replace("Balad", place) for place in places})

    [alert] = alerts_of("three", events)
    assert alert.value == 3
    assert len(alerts_of("lone", events)) == 3


@pytest.mark.parametrize(
    ("outlets", "level"), [(1, Level.LOW), (2, Level.MEDIUM)], ids=["one", "two"]
)
async def test_two_outlets_with_one_wire_corroborate(outlets: int, level: Level) -> None:
    events = await posted({name: f"({name}) {WIRE}" for name in OUTLETS[:outlets]})

    [alert] = alerts_of("lone", events)
    assert (alert.uncorroborated, alert.level) == (outlets == 1, level)
