"""Slack's Web API, called once each time: the queue retries, the client would post twice."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from http.client import HTTPException
from typing import Any
from urllib.error import URLError
from urllib.request import proxy_bypass

from pydantic import SecretStr
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web import SlackResponse

from services.notifier.adapters.slack_errors import classify_answer, classify_connection_error
from services.notifier.adapters.wall_clock import tell_utc
from services.notifier.domain.errors import PermanentRefusal
from services.tracing import request_headers

CONNECTION_ERRORS = (URLError, OSError, HTTPException)

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class SlackApi:
    """Slack's Web API: a bot's token, the address, the time-out in seconds.

    `has_buttons`: whether Slack may tell us of presses.
    """

    token: SecretStr
    url: str
    timeout: int
    has_buttons: bool = False


def make_web_client(api: SlackApi) -> WebClient:
    """A client without retries, which passes by a proxy where the environment says so."""
    token = api.token.get_secret_value()
    web = WebClient(token, base_url=api.url, timeout=api.timeout, retry_handlers=[])
    if web.proxy and proxy_bypass(web.base_url.split("/")[2]):
        web.proxy = None
    return web


class SlackWeb:
    """Calls methods of the API; blocks for the time-out at most."""

    def __init__(self, api: SlackApi, clock: Clock = tell_utc) -> None:
        self._web = make_web_client(api)
        self._token = api.token
        self._clock = clock

    def call(self, method: str, body: dict[str, Any], *, form: bool = False) -> SlackResponse:
        """Slack's answer, which is `ok`.

        Raises what Receiver.send raises; no error text contains the token.
        """
        self._web.token = self._token.get_secret_value()
        headers = request_headers()
        try:
            if form:
                return self._web.api_call(method, params=body, headers=headers)
            return self._web.api_call(method, json=body, headers=headers)
        except SlackApiError as error:
            raise classify_answer(method, error.response, self._clock()) from None
        except SlackClientError as error:
            raise PermanentRefusal(f"{method}: {error}") from None
        except CONNECTION_ERRORS as error:
            raise classify_connection_error(error) from None
