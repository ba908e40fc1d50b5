"""`POST /slack/interactions`: verified, answered at once, and done after that."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from fastapi import FastAPI, Request, Response
from starlette.background import BackgroundTask

from services.notifier.adapters.api.answers import Refusal
from services.notifier.adapters.api.endpoint import read_body, respond_json
from services.notifier.adapters.interactions.press import InvalidInteraction, Press, read_press
from services.notifier.adapters.interactions.signature import is_fresh, is_signed
from services.notifier.adapters.metrics import API_REQUESTS
from services.refused_request import RefusedRequest

PATH = "/slack/interactions"
TIMESTAMP = "x-slack-request-timestamp"
SIGNATURE = "x-slack-signature"
LARGEST_BODY = 512 * 1024
"""Slack sends the whole message along, each letter of another script in eight bytes."""
READ_SECONDS = 2.0
"""Slack waits for three."""


@dataclass(frozen=True, slots=True)
class SlackEndpoint:
    """Takes what Slack signs with the secret; `handle` may block, and raises nothing."""

    secret: str
    handle: Callable[[Press], None]
    clock: Callable[[], float]

    async def respond(self, request: Request) -> Response:
        """200 before anything is done; a refusal where the request is not Slack's."""
        try:
            press = read_press(await self._read_signed(request))
        except RefusedRequest as refused:
            return respond_json(refused.status, Refusal(error=str(refused)))
        except InvalidInteraction as error:
            return respond_json(HTTPStatus.BAD_REQUEST, Refusal(error=str(error)))
        API_REQUESTS.labels(str(HTTPStatus.OK.value)).inc()
        task = None if press is None else BackgroundTask(self.handle, press)
        return Response(status_code=HTTPStatus.OK, background=task)

    async def _read_signed(self, request: Request) -> bytes:
        timestamp = _read_header(request, TIMESTAMP)
        signature = _read_header(request, SIGNATURE)
        if not is_fresh(timestamp, self.clock()):
            message = f"{TIMESTAMP} must be a time within five minutes: check this host's clock"
            raise RefusedRequest(HTTPStatus.UNAUTHORIZED, message)
        body = await read_body(request, LARGEST_BODY, READ_SECONDS)
        if not is_signed(self.secret, timestamp, body, signature):
            message = f"{SIGNATURE} is not of the app whose VEDETTE_SLACK_SIGNING_SECRET is set"
            raise RefusedRequest(HTTPStatus.UNAUTHORIZED, message)
        return body


def add_slack(app: FastAPI, endpoint: SlackEndpoint) -> None:
    """Let the app answer Slack; its own document is for other callers."""
    app.add_api_route(PATH, endpoint.respond, methods=["POST"], include_in_schema=False)


def _read_header(request: Request, name: str) -> str:
    values = request.headers.getlist(name)
    if len(values) != 1:
        raise RefusedRequest(HTTPStatus.UNAUTHORIZED, f"one header {name} is needed")
    return values[0]
