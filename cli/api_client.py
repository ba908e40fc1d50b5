"""Calls of the notifier's API, and what its answers mean for a command."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import quote

import httpx
from pydantic import ValidationError

from cli.faults import CommandFailure
from cli.settings import api_settings
from schemas.model import Model

TIMEOUT_SECONDS = 20
MOST_WAITS = 10
LONGEST_WAIT = 10.0
WAY_OUT = "set VEDETTE_API_URL to its API, such as http://localhost:8082"
M = TypeVar("M", bound=Model)
Query = Mapping[str, str | int | list[str]]


@dataclass(frozen=True, slots=True)
class ApiClient:
    """One notifier. Every method raises CommandFailure where the answer is not what was asked."""

    http: httpx.Client
    url: str
    pause: Callable[[float], None] = time.sleep

    def get(self, path: str, answer: type[M], query: Query | None = None) -> M:
        """The answer to a question."""
        return self._read(self._send("GET", path, params=query or {}), answer)

    def send(
        self, method: str, path: str, answer: type[M], body: Mapping[str, Any] | None = None
    ) -> M:
        """The answer to an act."""
        given = {} if body is None else {"json": body}
        return self._read(self._send(method, path, **given), answer)

    def _send(self, method: str, path: str, **named: Any) -> httpx.Response:
        """The answer, once the notifier takes another request of this person."""
        for _ in range(MOST_WAITS):
            response = self._send_once(method, path, **named)
            if response.status_code != httpx.codes.TOO_MANY_REQUESTS:
                break
            self.pause(_read_wait(response))
        return response

    def _send_once(self, method: str, path: str, **named: Any) -> httpx.Response:
        try:
            return self.http.request(method, f"{self.url}/v1/{path}", **named)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            message = f"the notifier at {self.url}: {str(error) or type(error).__name__}"
            raise CommandFailure(f"{message}: {WAY_OUT}") from None

    def _read(self, response: httpx.Response, answer: type[M]) -> M:
        if not response.is_success:
            raise CommandFailure(self._describe_refusal(response))
        try:
            return answer.model_validate_json(response.content)
        except ValidationError:
            raise CommandFailure(self._describe_stranger()) from None

    def _describe_refusal(self, response: httpx.Response) -> str:
        try:
            message = str(response.json()["error"])
        except (ValueError, KeyError, TypeError):
            return f"{self._describe_stranger()} (it answers {response.status_code})"
        if response.status_code == httpx.codes.UNAUTHORIZED:
            return f"{message}: set VEDETTE_API_TOKEN"
        return message

    def _describe_stranger(self) -> str:
        return f"{self.url} does not answer as a notifier does: {WAY_OUT}"


@contextmanager
def open_api() -> Iterator[ApiClient]:
    """The API that the environment names."""
    settings = api_settings()
    token = settings.api_token
    headers = {} if token is None else {"Authorization": f"Bearer {token.get_secret_value()}"}
    with httpx.Client(headers=headers, timeout=TIMEOUT_SECONDS) as http:
        yield ApiClient(http, settings.api_url.rstrip("/"))


def quote_id(identity: str) -> str:
    """An id as a part of a path."""
    return quote(identity, safe="")


def _read_wait(response: httpx.Response) -> float:
    with suppress(ValueError):
        return min(LONGEST_WAIT, max(1.0, float(response.headers.get("Retry-After", 1))))
    return 1.0
