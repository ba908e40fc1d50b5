"""Lines of a file → ingest over HTTP, each with what became of it."""

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
JUDGED = {202, 400, 413, 422}
BUSY_FOR = 60.0
BUSY_STEP = 1.0
MOST_LINES = 100
MOST_BYTES = 512 * 1024


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file, by its number from 1."""

    number: int
    raw: bytes


@dataclass(frozen=True, slots=True)
class Posted:
    """What ingest said to one line that was sent `at`; `fault` is None when it was accepted."""

    line: Line
    at: datetime
    fault: str | None = None
    source: str | None = None
    id: str | None = None


def lines_of(raw: Iterable[bytes]) -> Iterator[Line]:
    """The lines that hold anything."""
    return (Line(number, line.strip()) for number, line in enumerate(raw, 1) if line.strip())


def chunks_of(lines: Iterable[Line], most: int = MOST_LINES) -> Iterator[list[Line]]:
    """Them in order, together as far as one request carries them well."""
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
class Ingest:
    """A running ingest. `pause` waits that many seconds; enter it, it holds a connection."""

    url: str
    token: str | None = None
    pause: Callable[[float], object] = time.sleep
    transport: httpx.BaseTransport | None = None
    _client: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        """The connection is made with the first post."""
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

    def post(self, lines: Sequence[Line]) -> list[Posted]:
        """Post them as one request, and one by one where the request was refused as a whole.

        Blocks while ingest is busy (503), a minute at most.

        Raises:
            CommandFailure: nothing answers there, it is busy for too long, it refuses the token, or
                it is no ingest.
        """
        at = datetime.now(UTC)
        response = self._answer(lines)
        results = _results(response)
        if len(results) == len(lines):
            return [_posted(line, at, result) for line, result in zip(lines, results, strict=True)]
        if len(lines) == 1:
            return [Posted(lines[0], at, fault=_said({"message": _error(response)}))]
        return [posted for line in lines for posted in self.post([line])]

    def _answer(self, lines: Sequence[Line]) -> httpx.Response:
        body = b"\n".join(line.raw for line in lines)
        patience = BUSY_FOR
        while (response := self._send(body)).status_code == httpx.codes.SERVICE_UNAVAILABLE:
            wait = _retry_after(response)
            patience -= wait
            if patience < 0:
                raise CommandFailure(f"{self.url} takes nothing: {_error(response)}")
            self.pause(wait)
        if response.status_code not in JUDGED:
            raise CommandFailure(f"{self.url} answers {response.status_code}: {_error(response)}")
        return response

    def _send(self, body: bytes) -> httpx.Response:
        try:
            return self._client.post(f"{self.url.rstrip('/')}/v1/events", content=body)
        except (httpx.TransportError, httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise CommandFailure(f"ingest at {self.url}: {error}") from error


def _posted(line: Line, at: datetime, result: Mapping[str, Any]) -> Posted:
    faults = [_said(error) for error in result.get("errors") or ()]
    if result["status"] != "accepted" and not faults:
        faults = [result["status"]]
    fault = "; ".join(faults) or None
    return Posted(line, at, fault, source=result.get("source"), id=result.get("id"))


def _said(error: Mapping[str, str]) -> str:
    said = f"{error.get('field', '')}: {error.get('message', '')}".removeprefix(": ")
    # the line of the request, which is not that of the file
    return re.sub(r"^line \d+ ", "", said)


def _results(response: httpx.Response) -> list[dict[str, Any]]:
    return list(_body(response).get("results") or ())


def _error(response: httpx.Response) -> str:
    return str(_body(response).get("error") or response.reason_phrase)


def _body(response: httpx.Response) -> dict[str, Any]:
    with suppress(JSONDecodeError, UnicodeDecodeError):
        body = response.json()
        return body if isinstance(body, dict) else {}
    return {}


def _retry_after(response: httpx.Response) -> float:
    with suppress(ValueError):
        return max(BUSY_STEP, float(response.headers.get("Retry-After", BUSY_STEP)))
    return BUSY_STEP
