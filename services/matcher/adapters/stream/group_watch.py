"""The group watch: connection, group and lag of the matcher, for `/readyz` and `/metrics`."""

import asyncio
import time
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from faust.types import TP

from services.matcher.adapters import metrics
from services.matcher.adapters.stream.consumer import Consumer
from services.matcher.adapters.stream.crash import crash_and_park, exit_now
from services.matcher.adapters.stream.progress import Lag, Progress
from services.matcher.adapters.stream.transport import App
from services.matcher.adapters.stream.unanswered import Unanswered
from services.matcher.adapters.topics.cluster import KafkaCluster
from services.metrics import replace_series

POLL_SECONDS = 1.0
LONGEST_SILENCE = 6.0


class PartitionsAdded(Exception):
    """A topic has more partitions than when this process began; the message says which."""


@dataclass(frozen=True, slots=True)
class GroupWatch:
    """Asks Kafka once a second; its checks only read the last answer, from any thread."""

    app: App
    cluster: KafkaCluster
    progress: Progress = field(default_factory=Progress)
    unanswered: Unanswered = field(default_factory=Unanswered)

    async def run(self) -> None:
        """Watch for as long as the app runs, then close the connection.

        Ends the process where a partition stalls or the group is silent although Kafka answers, and
        the app where a partition was added: Faust would not read it for minutes, and then fail.
        """
        try:
            while not self.app.should_stop:
                await self.cluster.poll()
                if (added := self.cluster.find_added_partitions()) is not None:
                    await crash_and_park(self.app, PartitionsAdded(added))
                self._measure()
                self._exit_if_unanswered()
                await asyncio.sleep(POLL_SECONDS)
        finally:
            await self.cluster.close()

    def check_group(self) -> str | None:
        """Why no message is processed, if none is."""
        if (added := self.cluster.find_added_partitions()) is not None:
            return added
        if self.app.should_stop:
            return "stopping"
        if not self.app.settled:
            return "waiting for partitions, or recovering their states"
        return self.app.check_warm()

    def check_kafka(self) -> str | None:
        """How long Kafka has not answered, if that is too long, or which topic it lacks."""
        silence = self.cluster.silent_for()
        if silence > LONGEST_SILENCE:
            return f"no answer for {silence:.0f} s"
        return self.cluster.find_missing_topic()

    def _measure(self) -> None:
        metrics.RECOVERING.set(0 if self.app.settled else 1)
        consumer = self.app.consumer
        if self.app.settled and isinstance(consumer, Consumer):
            lags = consumer.lags()
            _show_lags(lags)
            _show_processed(self.app.processed, lags.keys())
            self._exit_if_stalled(lags)
        else:
            self.progress.forget()

    def _exit_if_stalled(self, lags: Mapping[TP, Lag]) -> None:
        if self.check_kafka() is not None:
            self.progress.forget()
        elif stalled := self.progress.find_stalled(lags, time.monotonic()):
            names = ", ".join(f"{tp.topic}/{tp.partition}" for tp in stalled)
            exit_now(f"no message is processed on {names}")

    def _exit_if_unanswered(self) -> None:
        is_there = self.cluster.silent_for() <= POLL_SECONDS
        is_unanswered = self.app.session.is_unanswered()
        if self.unanswered.is_too_long(
            time.monotonic(), is_kafka_there=is_there, is_unanswered=is_unanswered
        ):
            exit_now(f"Kafka answers, and its group has not for {self.unanswered.seconds:g} s")


def _show_lags(lags: Mapping[TP, Lag]) -> None:
    """Show the partitions owned, and no other: another worker shows those that are gone."""
    owned = {(tp.topic, str(tp.partition)): lag for tp, lag in lags.items()}
    replace_series(metrics.LAG, {labels: lag.waiting for labels, lag in owned.items()})
    replace_series(metrics.COMMITTED, {labels: lag.committed for labels, lag in owned.items()})


def _show_processed(processed: dict[TP, float], owned: AbstractSet[TP]) -> None:
    """Show how far the partitions owned are processed, and forget the others."""
    for tp in processed.keys() - owned:
        del processed[tp]
    replace_series(
        metrics.PROCESSED,
        {(tp.topic, str(tp.partition)): written for tp, written in processed.items()},
    )
