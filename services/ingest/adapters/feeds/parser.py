"""Has a child parse a feed, and ends a child that takes too long."""

import asyncio
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field

from services.ingest.adapters.feeds import child
from services.ingest.domain.feeds.item import FeedItem
from services.ingest.domain.fetching.failure import FailureReason, FetchFailed

AT_ONCE = 2
WALL_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class FeedParser:
    """Parses feeds, each in a process of its own, `AT_ONCE` at a time. Does not block the loop."""

    seconds: float = WALL_SECONDS
    turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def parse(self, body: bytes, headers: Mapping[str, str], url: str) -> list[FeedItem]:
        """The items of a feed.

        Raises:
            FetchFailed: it is no feed, or it costs too much.
        """
        given = json.dumps({"headers": dict(headers), "url": url}).encode() + b"\n"
        async with self.turns:
            output = await self._run(given + body)
        answer = json.loads(output)
        if "items" not in answer:
            raise FetchFailed(FailureReason(answer["reason"]), answer["message"])
        return [FeedItem.model_validate(item) for item in answer["items"]]

    async def _run(self, given: bytes) -> bytes:
        # -P: a folder named services in the working directory is not ours
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", child.__name__),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            async with asyncio.timeout(self.seconds):
                output, _ = await process.communicate(given)
        except TimeoutError:
            output = b""
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode != 0:
            message = "parsing the feed takes too much time or memory"
            raise FetchFailed(FailureReason.TOO_COSTLY, message)
        return output
