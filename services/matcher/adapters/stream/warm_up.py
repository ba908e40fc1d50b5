"""The warm-up: what the first report would have to wait for is done before the worker is ready."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from aiokafka.errors import KafkaError

from services import telemetry
from services.matcher.adapters.stream.consumer import Consumer
from services.matcher.adapters.stream.crash import crash_and_park
from services.matcher.adapters.stream.transport import App

log = telemetry.logger(__name__)

POLL_SECONDS = 0.02
AGAIN_SECONDS = 1.0

Step = Callable[[], Awaitable[None]]


class SettlingApp(Protocol):
    """An app that is ready for its first messages some time after its start."""

    @property
    def settled(self) -> bool:
        """Whether it has its partitions."""
        ...

    @property
    def should_stop(self) -> bool:
        """Whether it ends."""
        ...


@dataclass(slots=True)
class WarmUp:
    """Takes its `steps` in order, once the app has its partitions; again if Kafka fails in one."""

    app: SettlingApp
    steps: Sequence[Step]
    again_seconds: float = AGAIN_SECONDS
    _fault: str | None = field(default="not warmed up yet", init=False)

    def check(self) -> str | None:
        """Why the first report would wait, or None; from any thread."""
        return self._fault

    async def warm_up(self) -> None:
        """Return when all is done, or the app ends."""
        await _wait_until(lambda: self.app.settled or self.app.should_stop)
        while not self.app.should_stop and self._fault is not None:
            try:
                for step in self.steps:
                    await step()
            except KafkaError as error:
                self._fault = f"Kafka fails: {error!r}"
                await asyncio.sleep(self.again_seconds)
            else:
                self._fault = None


async def run_warm_up(app: App, warm_up: WarmUp) -> None:
    """Warm up; a bug in it ends the process."""
    try:
        await warm_up.warm_up()
    except Exception as error:
        log.exception("cannot warm up")
        await crash_and_park(app, error)


async def wait_for_first_polls(app: App) -> None:
    """Return when Kafka has answered a fetch of every partition that the app owns, or it ends."""
    await _wait_until(lambda: app.should_stop or _has_polled(app))


def _has_polled(app: App) -> bool:
    return not isinstance(app.consumer, Consumer) or app.consumer.has_polled()


async def _wait_until(condition: Callable[[], bool]) -> None:
    """Return when it holds; asked now and again, for what sends no event."""
    while not condition():  # noqa: ASYNC110  (Faust has no event for it)
        await asyncio.sleep(POLL_SECONDS)
