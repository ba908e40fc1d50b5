"""The matcher with a sensor of the tests: it is killed, meets poison, pauses, or acts late.

`python -m tests.integration.matcher_worker`, in the matcher's own environment and with a
CrashPoint as JSON in VEDETTE_TEST_POINT, a list of LethalPoint in VEDETTE_TEST_LETHAL,
VEDETTE_TEST_PAUSE_SECONDS (between the assignment and the recovery of partitions) or
VEDETTE_TEST_LATE_SECONDS (between losing the session and the exit).
"""

import os
import signal
import sys
import time
from functools import partial
from typing import Any, Literal

import faust
import msgspec
from aiokafka import TopicPartition
from faust.types import TP, AppT, EventT, PendingMessage, RecordMetadata, StreamT
from faust.types.transports import ConsumerT, ProducerT

from services.matcher.__main__ import READER, main, main_reader
from services.matcher.adapters.stream.transport import App

POINT, LATE = "VEDETTE_TEST_POINT", "VEDETTE_TEST_LATE_SECONDS"
LETHAL = "VEDETTE_TEST_LETHAL"
PAUSE, PAUSED = "VEDETTE_TEST_PAUSE_SECONDS", "paused before the recovery"
PARTITIONS = 4


class CrashPoint(msgspec.Struct, frozen=True):
    """Where the process is killed: at the `nth` message of `topic` that holds `marker`.

    That is when an agent has `read` it, it is `written` to the table, `queued` to be sent or
    `acknowledged` by Kafka, or at the first `commit` after that. Nothing is sent to `withheld`.
    """

    step: Literal["read", "written", "queued", "acknowledged", "commit"]
    topic: str
    marker: str
    nth: int = 1
    withheld: str | None = None


class KillSensor(faust.Sensor):
    """Kills the process at the crash point."""

    def __init__(self, app: App, point: CrashPoint) -> None:
        super().__init__()
        self.app = app
        self.point = point
        self.seen = 0
        self.withheld = False

    def on_stream_event_in(
        self, tp: TP, offset: int, stream: StreamT[Any], event: EventT[Any]
    ) -> Any:
        if not self.withheld:
            self.withheld = True
            self._withhold()
        self._count("read", tp.topic, event.message.value)
        return super().on_stream_event_in(tp, offset, stream, event)

    def on_table_set(self, table: Any, key: Any, value: Any) -> None:
        del value
        self._count("written", table.changelog_topic.get_topic_name(), key)

    def on_send_initiated(
        self, producer: ProducerT, topic: str, message: PendingMessage, keysize: int, valsize: int
    ) -> Any:
        del producer, keysize, valsize
        content = b"%s %s" % (message.key or b"", message.value or b"")
        self._count("queued", topic, content)
        return topic, content

    def on_send_completed(self, producer: ProducerT, state: Any, metadata: RecordMetadata) -> None:
        del producer, metadata
        self._count("acknowledged", *state)

    def on_commit_initiated(self, consumer: ConsumerT) -> Any:
        if self.point.step == "commit" and self.seen >= self.point.nth:
            self._kill()
        return super().on_commit_initiated(consumer)

    def _count(self, step: str, topic: str, content: bytes | None) -> None:
        awaited = "acknowledged" if self.point.step == "commit" else self.point.step
        if (step, topic) == (awaited, self.point.topic) and self._is_marked(content):
            self.seen += 1
            if self.point.step != "commit" and self.seen == self.point.nth:
                self._kill()

    def _is_marked(self, content: bytes | None) -> bool:
        return self.point.marker.encode() in (content or b"")

    def _withhold(self) -> None:
        if self.point.withheld is not None:
            partitions = (TopicPartition(self.point.withheld, n) for n in range(PARTITIONS))
            self.app.producer._producer._sender._muted_partitions.update(partitions)  # type: ignore[attr-defined]  # noqa: SLF001  (aiokafka drains no batch of these)

    def _kill(self) -> None:
        os.kill(os.getpid(), signal.SIGKILL)


class LethalPoint(msgspec.Struct, frozen=True):
    """What ends a worker whenever it sends to `topic` what holds `marker`."""

    topic: str
    marker: str
    way: Literal["stuck", "memory"]


class LethalSensor(faust.Sensor):
    """Code that never returns, or takes all memory, on some messages."""

    def __init__(self, points: list[LethalPoint]) -> None:
        super().__init__()
        self.points = points

    def on_send_initiated(
        self, producer: ProducerT, topic: str, message: PendingMessage, keysize: int, valsize: int
    ) -> Any:
        for point in self.points:
            if topic == point.topic and point.marker.encode() in (message.value or b""):
                _take_time() if point.way == "stuck" else _take_memory()
        return super().on_send_initiated(producer, topic, message, keysize, valsize)


def _take_time() -> None:
    while True:
        pass


def _take_memory() -> None:
    taken = [b""]
    while True:
        taken.append(b"%d" % len(taken) * 1000)


class PauseSensor(faust.Sensor):
    """Waits between getting its partitions and recovering them."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds

    def on_rebalance_return(self, app: AppT, state: dict[str, Any]) -> None:
        super().on_rebalance_return(app, state)
        sys.stdout.write(f"{PAUSED}\n")
        sys.stdout.flush()
        time.sleep(self.seconds)


def _delay_loss(seconds: float, lost: Any) -> None:
    time.sleep(seconds)
    lost()


@App.on_after_configured.connect()
def add_sensors(app: App, **_: Any) -> None:
    if POINT in os.environ:
        app.sensors.add(KillSensor(app, msgspec.json.decode(os.environ[POINT], type=CrashPoint)))
    if LETHAL in os.environ:
        points = msgspec.json.decode(os.environ[LETHAL], type=list[LethalPoint])
        app.sensors.add(LethalSensor(points))
    if PAUSE in os.environ:
        app.sensors.add(PauseSensor(float(os.environ[PAUSE])))
    if LATE in os.environ:
        app.session.on_lost = partial(_delay_loss, float(os.environ[LATE]), app.session.on_lost)


if __name__ == "__main__":
    sys.exit(main_reader() if sys.argv[1:] == [READER] else main())
