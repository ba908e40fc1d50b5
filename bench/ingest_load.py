"""Posts to ingest over plain sockets: as fast as it answers, or at a rate."""

import asyncio
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

MOST_CONNECTIONS = 256
_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


class NotTaken(Exception):
    """An answer other than 202; the message has its beginning."""


@dataclass(slots=True)
class LoadConnection:
    """One connection that is kept alive."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    @classmethod
    async def open(cls, port: int) -> "LoadConnection":
        """Connect to a port of this machine."""
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def post(self, request: bytes) -> None:
        """Send a whole request and read its answer.

        Raises:
            NotTaken: it is no 202.
        """
        self.writer.write(request)
        head = await self.reader.readuntil(b"\r\n\r\n")
        length = _LENGTH.search(head)
        body = await self.reader.readexactly(int(length[1]) if length else 0)
        if not head.startswith(b"HTTP/1.1 202"):
            raise NotTaken(f"{head[:40]!r} {body[:200]!r}")

    def close(self) -> None:
        """Close it."""
        self.writer.close()


def write_request(body: bytes, content_type: str) -> bytes:
    """The bytes of a request."""
    head = f"POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Type: {content_type}\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


async def post_all(port: int, requests: Sequence[bytes], connections: int, seconds: float) -> float:
    """Requests answered in a second, by so many connections at once, until time or they are out."""
    left, answered = iter(requests), 0
    began = time.perf_counter()

    async def work() -> None:
        nonlocal answered
        connection = await LoadConnection.open(port)
        for request in left:
            await connection.post(request)
            answered += 1
            if time.perf_counter() > began + seconds:
                break
        connection.close()

    await asyncio.gather(*(work() for _ in range(connections)))
    return answered / (time.perf_counter() - began)


@dataclass(slots=True)
class SteadyPoster:
    """Posts at a rate, whatever answers take; measures from when a request was due.

    It has at most `MOST_CONNECTIONS`: ingest resets those beyond its own bound.
    """

    port: int
    rate: float
    slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(MOST_CONNECTIONS))
    free: list[LoadConnection] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)

    async def post_all(self, requests: Sequence[bytes]) -> list[float]:
        """Seconds until the answer of each request, in order of size."""
        began = time.perf_counter()
        tasks: list[asyncio.Task[None]] = []
        for number, request in enumerate(requests):
            due = began + number / self.rate
            if (wait := due - time.perf_counter()) > 0:
                await asyncio.sleep(wait)
            tasks.append(asyncio.create_task(self._post(request, due)))
        await asyncio.gather(*tasks)
        self._close()
        return sorted(self.waits)

    async def _post(self, request: bytes, due: float) -> None:
        async with self.slots:
            connection = self.free.pop() if self.free else await LoadConnection.open(self.port)
            await connection.post(request)
            self.free.append(connection)
        self.waits.append(time.perf_counter() - due)

    def _close(self) -> None:
        for connection in self.free:
            connection.close()


def split(items: Sequence[bytes], size: int) -> Iterator[Sequence[bytes]]:
    """The items in chunks of a size."""
    return (items[start : start + size] for start in range(0, len(items), size))
