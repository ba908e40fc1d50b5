"""Which requests reach a web app: those with one length, and so many at once."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus

from prometheus_client import Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.unauthorized import UnauthorizedLog

REQUEST_SECONDS = Histogram(
    "vedette_http_request_seconds",
    "From the header of a request to the end of its answer; refused ones left out.",
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
TWO_LENGTHS = "both Content-Length and Transfer-Encoding"
TOO_MANY = "too many requests at once: send it again"

EncodeRefusal = Callable[[HTTPStatus, str], bytes]
"""The body of an answer with this status, for this reason."""


def encode_error(status: HTTPStatus, message: str) -> bytes:
    """The reason as `{"error": …}`."""
    del status
    return json.dumps({"error": message}).encode()


@dataclass(slots=True)
class Admission:
    """Passes a request to the app, unless its body has two lengths or too many are in hand.

    Both end the connection. Requests that the app answers with 401 are in the log.
    """

    app: ASGIApp
    most: int
    encode: EncodeRefusal = encode_error
    in_hand: int = 0
    unauthorized: UnauthorizedLog = field(default_factory=UnauthorizedLog)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or let the app answer."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        names = {name for name, _ in scope["headers"]}
        if {b"content-length", b"transfer-encoding"} <= names:
            return await self._refuse(send, HTTPStatus.BAD_REQUEST, TWO_LENGTHS)
        if self.in_hand >= self.most:
            return await self._refuse(send, HTTPStatus.SERVICE_UNAVAILABLE, TOO_MANY)
        return await self._pass_on(scope, receive, send)

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.in_hand += 1
        try:
            with REQUEST_SECONDS.time():
                await self.app(scope, receive, self._watch(scope, send))
        finally:
            self.in_hand -= 1

    def _watch(self, scope: Scope, send: Send) -> Send:
        async def watched(message: Message) -> None:
            if message.get("status") == HTTPStatus.UNAUTHORIZED:
                client = scope.get("client")
                self.unauthorized.note(client and client[0], scope["path"])
            await send(message)

        return watched

    async def _refuse(self, send: Send, status: HTTPStatus, message: str) -> None:
        content = self.encode(status, message)
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(content)).encode()),
            (b"connection", b"close"),
        ]
        if status == HTTPStatus.SERVICE_UNAVAILABLE:
            headers.append((b"retry-after", b"5"))
        await send({"type": "http.response.start", "status": status.value, "headers": headers})
        await send({"type": "http.response.body", "body": content})
