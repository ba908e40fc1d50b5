"""The real API over fakes of what it reads and changes."""

import hashlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from ipaddress import ip_network

import httpx
from fastapi import FastAPI

from services.notifier.adapters.api.alert_endpoints import AlertEndpoints
from services.notifier.adapters.api.answers import ReceiverItem
from services.notifier.adapters.api.callers import Callers
from services.notifier.adapters.api.cap_endpoints import CapEndpoints
from services.notifier.adapters.api.silence_endpoints import SilenceEndpoints
from services.notifier.adapters.api.web_app import StatusEndpoints, make_web_app
from services.notifier.domain.watch.people import Person
from tests.notifier.watch.people import ALICE, BOB, CHIEF, VISITOR
from tests.notifier.watch.stores import WatchRoom

PROXY = "10.1.2.3"
PEOPLE: Mapping[str, Person] = {
    hashlib.sha256(person.name.encode()).hexdigest(): person
    for person in (ALICE, BOB, CHIEF, VISITOR)
}
"""Everybody's token is his name."""


def make_app(room: WatchRoom) -> FastAPI:
    """The app as the notifier makes it."""
    endpoints = [
        *AlertEndpoints(room.board, room.floor, room.clock).list_endpoints(),
        *SilenceEndpoints(room.floor, room.log, room.clock).list_endpoints(),
        *CapEndpoints(room.board, "vedette@example.org", room.clock).list_endpoints(),
        *StatusEndpoints(list_receivers).list_endpoints(),
    ]
    return make_web_app(endpoints, Callers(PEOPLE, [ip_network("10.0.0.0/8")]))


def list_receivers() -> list[ReceiverItem]:
    return [ReceiverItem(name="slack", pages=False, fault=None, queued=3)]


@asynccontextmanager
async def api(
    room: WatchRoom, name: str | None = "alice", address: str = "192.0.2.1"
) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the API that comes from `address`."""
    transport = httpx.ASGITransport(make_app(room), client=(address, 1234))
    headers = {} if name is None else {"Authorization": f"Bearer {name}"}
    async with httpx.AsyncClient(
        transport=transport, base_url="http://api", headers=headers
    ) as client:
        yield client
