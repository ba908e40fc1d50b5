import asyncio
import json
import random
from contextlib import closing, suppress

import pytest

from bench.ingest import ReportMaker
from bench.ingest_load import LoadConnection, NotTaken, SteadyPoster, post_all, write_request


async def serve(given: bytes) -> tuple[asyncio.Server, int, list[bytes]]:
    """A server that gives one answer to all, its port, and the bodies that it gets."""
    taken: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError), closing(writer):
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = int(head.split(b"Content-Length: ")[1].split(b"\r\n")[0])
                taken.append(await reader.readexactly(length))
                writer.write(given)

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    return server, server.sockets[0].getsockname()[1], taken


TAKEN = b"HTTP/1.1 202 Accepted\r\ncontent-length: 2\r\n\r\n{}"
REFUSED = b"HTTP/1.1 422 No\r\ncontent-length: 4\r\n\r\nlat!"
REQUEST = write_request(b"{}", "application/json")


async def test_requests_are_posted_until_there_are_no_more() -> None:
    server, port, taken = await serve(TAKEN)
    async with server:
        rate = await post_all(port, [REQUEST] * 20, connections=3, seconds=10)

    assert rate > 0
    assert taken == [b"{}"] * 20


async def test_a_request_that_is_not_taken_ends_the_run_with_the_answer() -> None:
    server, port, _ = await serve(REFUSED)
    async with server:
        connection = await LoadConnection.open(port)
        with pytest.raises(NotTaken, match=r"422.*lat!"):
            await connection.post(REQUEST)
        connection.close()


async def test_a_steady_load_waits_for_each_answer() -> None:
    server, port, taken = await serve(TAKEN)
    async with server:
        waits = await SteadyPoster(port, rate=1000).post_all([REQUEST] * 10)

    assert len(waits) == len(taken) == 10
    assert waits == sorted(waits)


def test_a_tenth_of_the_reports_are_copies() -> None:
    maker = ReportMaker(random.Random(1))  # noqa: S311  (no secret)
    made = [json.loads(maker.make(language=True)) for _ in range(1000)]

    assert len({report["id"] for report in made}) == 1000
    assert 850 < len({report["text"] for report in made}) < 950
