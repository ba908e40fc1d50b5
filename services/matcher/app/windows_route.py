"""`GET /windows/PACK/RULE` on the admin port: what the windows of a rule hold."""

import asyncio
from concurrent.futures import TimeoutError as StillWaiting
from dataclasses import dataclass, field
from threading import Lock

from fastapi import FastAPI, HTTPException

from schemas.live_windows import LiveWindows
from services.matcher.adapters.correlation.live_windows import NoSuchRule
from services.matcher.adapters.stream.transport import ReadWindows
from services.matcher.domain.rules.rulebook import RuleKey

ANSWER_SECONDS = 5.0


@dataclass(slots=True)
class WindowsRoute:
    """Asks the loop that processes messages, one question at a time, from the listener's thread.

    Before `open` there is nothing to ask.
    """

    answer_seconds: float = ANSWER_SECONDS
    _loop: asyncio.AbstractEventLoop | None = None
    _read: ReadWindows | None = None
    _asking: Lock = field(default_factory=Lock)

    def open(self, loop: asyncio.AbstractEventLoop, read: ReadWindows) -> None:
        """From now on `read` answers, called in `loop`."""
        self._loop, self._read = loop, read

    def add_to(self, app: FastAPI) -> None:
        """Add the route."""
        app.get("/windows/{pack}/{rule}")(self._show)

    def _show(self, pack: str, rule: str, value: str | None = None) -> LiveWindows:
        if not self._asking.acquire(blocking=False):
            raise HTTPException(503, "another question is being answered: ask again")
        try:
            return self._ask((pack, rule), value)
        except NoSuchRule:
            message = f"no rule {pack}/{rule} with windows is in force here"
            raise HTTPException(404, message) from None
        except StillWaiting:
            message = f"no answer within {self.answer_seconds:g} s: messages are being processed"
            raise HTTPException(503, message) from None
        finally:
            self._asking.release()

    def _ask(self, key: RuleKey, value: str | None) -> LiveWindows:
        read = self._read
        if self._loop is None or read is None:
            raise HTTPException(503, "the matcher is starting: ask again")

        async def answer() -> LiveWindows:
            return read(key, value)

        asked = asyncio.run_coroutine_threadsafe(answer(), self._loop)
        try:
            return asked.result(self.answer_seconds)
        finally:
            asked.cancel()
