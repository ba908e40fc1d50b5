"""`POST /slack/interactions`: verified, done, and answered within the three seconds of Slack."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus

from anyio.to_thread import run_sync
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from pydantic import SecretStr
from starlette.background import BackgroundTask

from services.notifier.adapters.api.answers import Refusal
from services.notifier.adapters.api.endpoint import respond_json
from services.notifier.adapters.interactions.desk import InteractionAnswer
from services.notifier.adapters.interactions.interaction import (
    InvalidInteraction,
    Press,
    Submission,
    read_form,
    read_interaction,
)
from services.notifier.adapters.metrics import API_REQUESTS, INTERACTIONS
from services.refused_request import RefusedRequest
from services.request_body import read_body
from services.slack_signature import is_fresh, is_signed

PATH = "/slack/interactions"
TIMESTAMP = "x-slack-request-timestamp"
SIGNATURE = "x-slack-signature"
LARGEST_BODY = 512 * 1024
"""Slack sends the whole message along, each letter of another script in eight bytes."""
ANSWER_SECONDS = 2.7
"""Slack waits for three; then it tells the person that nothing was done."""

Handle = Callable[[Press | Submission], InteractionAnswer]


@dataclass(frozen=True, slots=True)
class SlackEndpoint:
    """Takes what Slack signs with the secret; `handle` may block, and raises nothing of a store's.

    What is not done in time is answered 503: the person sees that it failed, and doing it again
    does no harm.
    """

    secret: SecretStr
    handle: Handle
    clock: Callable[[], float]
    seconds: float = ANSWER_SECONDS

    async def respond(self, request: Request) -> Response:
        """200 once the act is done; a refusal where the request is not Slack's."""
        try:
            async with asyncio.timeout(self.seconds):
                return await self._answer(request)
        except RefusedRequest as refused:
            return respond_json(refused.status, Refusal(error=str(refused)))
        except InvalidInteraction as error:
            return respond_json(HTTPStatus.BAD_REQUEST, Refusal(error=str(error)))
        except TimeoutError:
            message = "not known to be done within Slack's time: do it again"
            return respond_json(HTTPStatus.SERVICE_UNAVAILABLE, Refusal(error=message))

    async def _answer(self, request: Request) -> Response:
        interaction = read_interaction(read_form(await self._read_signed(request)))
        INTERACTIONS.labels("http").inc()
        if interaction is None:
            answer = InteractionAnswer()
        else:
            answer = await run_sync(partial(self.handle, interaction), abandon_on_cancel=True)
        API_REQUESTS.labels(str(HTTPStatus.OK.value)).inc()
        following = BackgroundTask(answer.follow)
        if answer.body is None:
            return Response(status_code=HTTPStatus.OK, background=following)
        return JSONResponse(answer.body, background=following)

    async def _read_signed(self, request: Request) -> bytes:
        timestamp = _read_header(request, TIMESTAMP)
        signature = _read_header(request, SIGNATURE)
        if not is_fresh(timestamp, self.clock()):
            message = f"{TIMESTAMP} must be a time within five minutes: check this host's clock"
            raise RefusedRequest(HTTPStatus.UNAUTHORIZED, message)
        body = await read_body(request, LARGEST_BODY, self.seconds)
        if not is_signed(self.secret.get_secret_value(), timestamp, body, signature):
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
