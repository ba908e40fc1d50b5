"""Lines of a file → ingest over HTTP, each with its result."""

import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from json import JSONDecodeError
from typing import Any, Self

import httpx

from cli.faults import CommandFailure

NDJSON = "application/x-ndjson"
TIMEOUT = 30.0
ANSWERED = {202, 400, 413, 422}
BUSY = {429, 503}
MOST_WAITED = 60.0
LEAST_WAIT = 1.0
MOST_LINES = 100
MOST_BYTES = 512 * 1024


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file, by its number from 1."""

    number: int
    raw: bytes


@dataclass(frozen=True, slots=True)
class PostResult:
    """The result of one line that was sent `at`; `fault` is None when it was accepted."""

    line: Line
    at: datetime
    fault: str | None = None
    source: str | None = None
    id: str | None = None


def number_lines(raw: Iterable[bytes]) -> Iterator[Line]:
    """The lines that are not blank, with their numbers."""
    return (Line(number, line.strip()) for number, line in enumerate(raw, 1) if line.strip())


def split_lines(lines: Iterable[Line], most: int = MOST_LINES) -> Iterator[list[Line]]:
    """The lines in order, in chunks that fit a request: `most` lines and 512 KiB."""
    chunk: list[Line] = []
    size = 0
    for line in lines:
        if chunk and (len(chunk) == most or size + len(line.raw) > MOST_BYTES):
            yield chunk
            chunk, size = [], 0
        chunk.append(line)
        size += len(line.raw) + 1
    if chunk:
        yield chunk


@dataclass(slots=True)
class IngestClient:
    """A client of a running ingest, used as a context manager. `pause` waits so many seconds."""

    url: str
    token: str | None = None
    pause: Callable[[float], object] = time.sleep
    transport: httpx.BaseTransport | None = None
    _client: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        """Does not connect yet; the first post does."""
        headers = {"Content-Type": NDJSON}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        self._client = httpx.Client(
            headers=headers, timeout=TIMEOUT, transport=self.transport, trust_env=False
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def post(self, lines: Sequence[Line]) -> list[PostResult]:
        """Post the lines as one request, or one by one if that is refused as a whole.

        Blocks while ingest is busy (503) or the token over its limit (429), a minute at most.

        Raises:
            CommandFailure: nothing answers there, it stays busy, it refuses the token, or it is no
                ingest.
        """
        at = datetime.now(UTC)
        response = self._post_until_answered(lines)
        results = _parse_results(response)
        if len(results) == len(lines):
            return [
                _post_result(line, at, result) for line, result in zip(lines, results, strict=True)
            ]
        if len(lines) == 1:
            return [PostResult(lines[0], at, fault=_describe({"message": _parse_error(response)}))]
        return [result for line in lines for result in self.post([line])]

    def _post_until_answered(self, lines: Sequence[Line]) -> httpx.Response:
        body = b"\n".join(line.raw for line in lines)
        remaining = MOST_WAITED
        while (response := self._send(body)).status_code in BUSY:
            wait = _retry_after(response)
            remaining -= wait
            if remaining < 0:
                raise CommandFailure(f"{self.url} is busy: {_parse_error(response)}")
            self.pause(wait)
        if response.status_code not in ANSWERED:
            raise CommandFailure(
                f"{self.url} answers {response.status_code}: {_parse_error(response)}"
            )
        return response

    def _send(self, body: bytes) -> httpx.Response:
        try:
            return self._client.post(f"{self.url.rstrip('/')}/v1/events", content=body)
        except (httpx.TransportError, httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            message = f"ingest at {self.url}: {error}; --url or VEDETTE_REPLAY_URL says where it is"
            raise CommandFailure(message) from error


def _post_result(line: Line, at: datetime, result: Mapping[str, Any]) -> PostResult:
    errors = [_describe(error) for error in result.get("errors") or ()]
    if result["status"] != "accepted" and not errors:
        errors = [result["status"]]
    fault = "; ".join(errors) or None
    return PostResult(line, at, fault, source=result.get("source"), id=result.get("id"))


def _describe(error: Mapping[str, str]) -> str:
    text = f"{error.get('field', '')}: {error.get('message', '')}".removeprefix(": ")
    # the line in the request is not the line in the file
    return re.sub(r"^line \d+ ", "", text)


def _parse_results(response: httpx.Response) -> list[dict[str, Any]]:
    return list(_parse_body(response).get("results") or ())


def _parse_error(response: httpx.Response) -> str:
    return str(_parse_body(response).get("error") or response.reason_phrase)


def _parse_body(response: httpx.Response) -> dict[str, Any]:
    with suppress(JSONDecodeError, UnicodeDecodeError):
        body = response.json()
        return body if isinstance(body, dict) else {}
    return {}


def _retry_after(response: httpx.Response) -> float:
    with suppress(ValueError):
        return max(LEAST_WAIT, float(response.headers.get("Retry-After", LEAST_WAIT)))
    return LEAST_WAIT
