"""Slack's end of Socket Mode: a WebSocket that sends envelopes and keeps what comes back."""

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, Self

from aiohttp import WSMsgType, web

from tests.standins.server import Json

PATH = "/link"


class SlackSocketStandIn:
    """Serves from a thread of its own; what nobody acknowledged is sent to the next connection."""

    def __init__(self) -> None:
        self.acknowledged: list[Json] = []
        self.connected = 0
        self._waiting: dict[str, Json] = {}
        self._open: list[web.WebSocketResponse] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._runner: web.AppRunner | None = None
        self.url = ""

    def __enter__(self) -> Self:
        self._thread.start()
        self._call(self._serve())
        return self

    def __exit__(self, *_error: object) -> None:
        self.drop()
        if self._runner is not None:
            self._call(self._runner.cleanup())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    def push(self, payload: Any, envelope: str = "e1", kind: str = "interactive") -> None:
        """Send an envelope; now, or once somebody connects."""
        told = {"type": kind, "envelope_id": envelope, "payload": payload}
        self._waiting[envelope] = told | {"accepts_response_payload": True}
        self._call(self._send_all())

    def drop(self) -> None:
        """Close every connection, as a network does."""
        self._call(self._close_all())

    def ask_to_reconnect(self) -> None:
        """Say that the connections will be closed, as Slack does every few hours."""
        self._call(self._tell({"type": "disconnect", "reason": "refresh_requested"}))

    def _call(self, task: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(task, self._loop).result(5)

    async def _serve(self) -> None:
        app = web.Application()
        app.router.add_get(PATH, self._link)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"ws://{host}:{port}{PATH}?ticket=very-secret-ticket"

    async def _link(self, request: web.Request) -> web.WebSocketResponse:
        link = web.WebSocketResponse()
        await link.prepare(request)
        self._open.append(link)
        self.connected += 1
        await link.send_json({"type": "hello", "num_connections": len(self._open)})
        for told in list(self._waiting.values()):
            await link.send_json(told)
        async for message in link:
            if message.type is WSMsgType.TEXT:
                self._keep(message.json())
        self._open.remove(link)
        return link

    def _keep(self, told: Json) -> None:
        if self._waiting.pop(told["envelope_id"], None) is not None:
            self.acknowledged.append(told)

    async def _send_all(self) -> None:
        for told in list(self._waiting.values()):
            await self._tell(told)

    async def _tell(self, told: Json) -> None:
        for link in self._open[:1]:
            await link.send_json(told)

    async def _close_all(self) -> None:
        for link in list(self._open):
            await link.close()
