"""The watch floor, and what a pager posts to it."""

from collections.abc import Mapping

import httpx
from fastapi import FastAPI

from services.notifier.adapters.api.pager_webhook import PagerDialect, PagerWebhook, add_pager
from services.notifier.domain.watch.pager_events import PagerDesk
from services.notifier.domain.watch.people import Person
from tests.notifier.alerts import alert
from tests.notifier.watch.stores import WatchRoom


class PagerFloor:
    """The watch floor with an alert, and the webhook of a pager into it."""

    def __init__(self, path: str, dialect: PagerDialect, *people: Person) -> None:
        self.room = WatchRoom()
        self.room.store(alert())
        desk = PagerDesk(self.room.floor, {person.name: person for person in people})
        self.path = path
        self.app = FastAPI()
        add_pager(self.app, path, PagerWebhook(dialect, desk.handle))

    @property
    def owner(self) -> str | None:
        """Who has the alert in hand."""
        known = self.room.acknowledgements.known.get("a1")
        return None if known is None or known.ended_by is not None else known.owner

    async def send(self, body: bytes, headers: Mapping[bytes, bytes]) -> httpx.Response:
        """What the webhook answers."""
        transport = httpx.ASGITransport(self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://api") as client:
            return await client.post(self.path, content=body, headers=httpx.Headers(headers))


def is_heeded(answer: httpx.Response) -> bool:
    """Whether the event, which is taken, was heeded."""
    assert answer.status_code == 200, answer.text
    heeded: bool = answer.json()["heeded"]
    return heeded
