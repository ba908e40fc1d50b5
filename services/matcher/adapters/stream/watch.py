"""The watch: how the matcher stands with Kafka, for `/readyz` and `/metrics`."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from faust.types import TP

from services.matcher.adapters import metrics
from services.matcher.adapters.stream.consumer import Consumer
from services.matcher.adapters.stream.crash import stop_dead
from services.matcher.adapters.stream.progress import Lag, Progress
from services.matcher.adapters.stream.transport import App
from services.matcher.adapters.topics.cluster import KafkaCluster

LOOK_EVERY = 1.0
LONGEST_SILENCE = 6.0


@dataclass(frozen=True, slots=True)
class GroupWatch:
    """Looks after Kafka once a second; its checks only read what was seen, from any thread."""

    app: App
    cluster: KafkaCluster
    progress: Progress = field(default_factory=Progress)

    async def run(self) -> None:
        """Look for as long as the app runs, then close the connection to look with.

        Ends the process where a partition stands still although Kafka answers.
        """
        try:
            while not self.app.should_stop:
                await self.cluster.look()
                self._measure()
                await asyncio.sleep(LOOK_EVERY)
        finally:
            await self.cluster.close()

    def group(self) -> str | None:
        """What keeps it from processing, if anything."""
        if self.app.should_stop:
            return "stopping"
        return None if self.app.settled else "waiting for partitions, or recovering their windows"

    def kafka(self) -> str | None:
        """Whether Kafka has been silent for too long."""
        silence = self.cluster.silent_for()
        return f"no answer for {silence:.0f} s" if silence > LONGEST_SILENCE else None

    def _measure(self) -> None:
        metrics.RECOVERING.set(0 if self.app.settled else 1)
        consumer = self.app.consumer
        if self.app.settled and isinstance(consumer, Consumer):
            lags = consumer.lags()
            metrics.LAG.clear()
            for tp, lag in lags.items():
                metrics.LAG.labels(tp.topic, tp.partition).set(lag.waiting)
            self._look_after(lags)
        else:
            self.progress.forget()

    def _look_after(self, lags: Mapping[TP, Lag]) -> None:
        if self.kafka() is not None:
            self.progress.forget()
        elif stalled := self.progress.stalled(lags, time.monotonic()):
            names = ", ".join(f"{tp.topic}/{tp.partition}" for tp in stalled)
            stop_dead(f"nothing is done on {names}")
