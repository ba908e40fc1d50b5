"""Slack's Socket Mode: interactions over a connection that the notifier opens, without a port."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.socket_mode import SocketModeClient
from slack_sdk.socket_mode.client import BaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from services.notifier.adapters.interactions.desk import InteractionAnswer
from services.notifier.adapters.interactions.interaction import (
    InvalidInteraction,
    read_interaction,
)
from services.notifier.adapters.interactions.slack_endpoint import Handle
from services.notifier.adapters.metrics import INTERACTIONS, SLACK_SOCKET_UP
from services.notifier.adapters.slack_errors import classify_answer, classify_connection_error
from services.notifier.adapters.slack_web import CONNECTION_ERRORS, SlackApi, make_web_client
from services.notifier.adapters.stoppable_thread import StoppableThread
from services.notifier.domain.errors import RetryableError
from services.notifier.domain.receiver_state import LONGEST_LIMIT
from services.telemetry import logger

log = logger(__name__)

OPEN = "apps.connections.open"
INTERACTIVE = "interactive"
NOTE = "slack socket"
LOOK_SECONDS = 1.0
LONGEST_WAIT = 60.0
AT_ONCE = 8


class _Client(SocketModeClient):
    def issue_new_wss_url(self) -> str:
        """Ask once: the library's own sleeps for as long as Slack says, and is not stopped."""
        return str(self.web_client.apps_connections_open(app_token=self.app_token)["url"])


@dataclass
class SlackSocket(StoppableThread):
    """Keeps a connection to Slack, and has `handle` do what comes by it, before it acknowledges.

    `api.token` is the app's. What was not acknowledged Slack sends again, to this notifier or to
    another. While there is no connection, `notes` say why.
    """

    api: SlackApi
    handle: Handle
    notes: dict[str, str]
    look_seconds: float = LOOK_SECONDS
    _failures: int = field(default=0, init=False)

    def _run(self) -> None:
        client = self._make_client()
        try:
            while not self._stopping.is_set():
                self._stopping.wait(self._look_after(client))
        finally:
            SLACK_SOCKET_UP.set(0)
            client.close()

    def _make_client(self) -> _Client:
        web = make_web_client(self.api)
        quiet = logging.getLogger(f"{__name__}.client")
        quiet.setLevel(logging.CRITICAL)  # addresses are secrets; what matters is logged here
        client = _Client(
            self.api.token.get_secret_value(),
            quiet,
            web,
            auto_reconnect_enabled=False,
            receive_buffer_size=64 * 1024,
            concurrency=AT_ONCE,
        )
        client.proxy = web.proxy
        client.socket_mode_request_listeners.append(self._take)
        return client

    def _look_after(self, client: _Client) -> float:
        """Connect where there is no connection; the seconds until the next look."""
        fault = None if client.is_connected() else self._connect(client)
        SLACK_SOCKET_UP.set(fault is None)
        if fault is None:
            self._failures = 0
            self.notes.pop(NOTE, None)
            return self.look_seconds
        self._failures += 1
        self.notes[NOTE] = f"no connection, buttons do nothing: {fault}"
        log.warning("slack's socket is not connected", error=str(fault))
        asked: timedelta = getattr(fault, "retry_after", None) or timedelta()
        wait = min(self.look_seconds * 2.0 ** min(self._failures, 10), LONGEST_WAIT)
        return max(wait, min(asked, LONGEST_LIMIT).total_seconds())

    def _connect(self, client: _Client) -> Exception | None:
        """Why there is no connection, or None."""
        client.app_token = self.api.token.get_secret_value()
        try:
            client.connect_to_new_endpoint()
        except SlackApiError as error:
            return classify_answer(OPEN, error.response, datetime.now(UTC))
        except CONNECTION_ERRORS as error:
            return classify_connection_error(error)
        except (SlackClientError, KeyError) as error:
            return RetryableError(f"{OPEN}: {type(error).__name__}")
        if not client.is_connected():
            return RetryableError("Slack's socket cannot be reached")
        log.info("slack's socket is connected")
        return None

    def _take(self, client: BaseSocketModeClient, request: SocketModeRequest) -> None:
        try:
            answer = self._act(request)
        except Exception:
            # the one broad edge: what a bug did not acknowledge would come again for ever
            log.exception("an interaction failed")
            answer = InteractionAnswer()
        try:
            client.send_socket_mode_response(_respond(request, answer.body))
        except (SlackClientError, AttributeError) as error:
            log.warning("slack will tell of it again", error=type(error).__name__)
        answer.follow()

    def _act(self, request: SocketModeRequest) -> InteractionAnswer:
        if request.type != INTERACTIVE:
            return InteractionAnswer()
        INTERACTIONS.labels("socket").inc()
        try:
            interaction = read_interaction(request.payload)
        except InvalidInteraction as error:
            log.warning("slack sends what is no interaction", error=str(error))
            return InteractionAnswer()
        return InteractionAnswer() if interaction is None else self.handle(interaction)


def _respond(request: SocketModeRequest, body: Mapping[str, Any] | None) -> SocketModeResponse:
    takes_body = body is not None and request.accepts_response_payload
    return SocketModeResponse(request.envelope_id, dict(body or {}) if takes_body else None)
