"""The whole system under fire: Kafka, Redis, the services and their supervisor, the stand-ins."""

import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.pack import Terms, write_rules
from tests.chaos.plan import KAFKA, PAGER, REDIS, RULE_FILES, SLACK, Step
from tests.chaos.reload import Reload
from tests.chaos.supervisor import Supervisor
from tests.parts import topics
from tests.parts.child import ChildProcess
from tests.parts.kafka import KafkaNode
from tests.parts.pipeline import Pipeline
from tests.parts.redis_server import RedisNode

PREFIX = "chaos."
GROUP = "chaos.matcher"
NOTIFIER_GROUP = "chaos-notifier"
RECEIVER_SECONDS = 3


@dataclass(frozen=True)
class ChaosSite:
    """Everything by name. Acts on it belong to the thread that made it."""

    kafka: KafkaNode
    redis: RedisNode
    pipeline: Pipeline
    supervisor: Supervisor
    reload: Reload
    say: Callable[[str], None]

    @property
    def children(self) -> Mapping[str, ChildProcess]:
        """Every process by name."""
        stores = {KAFKA: self.kafka.child, REDIS: self.redis.child}
        return {**self.pipeline.services, **stores}

    def look(self) -> None:
        """Start what has ended of the services; never waits."""
        self.supervisor.look(time.monotonic())
        self.reload.look()

    def perform(self, step: Step) -> None:
        """Do what the step says; waits only for a store that has yet to end."""
        self.say(f"{step.act} {step.target} {_details(step)}".rstrip())
        if step.target in (SLACK, PAGER):
            script = self.pipeline.slack if step.target == SLACK else self.pipeline.pager
            for fault in step.strike.faults:
                script.script.add(fault)
        elif step.target == RULE_FILES:
            self.reload.begin()
        elif step.act == "start":
            self._start(self.children[step.target])
        else:
            self._signal(self.children[step.target], step.act)

    def _start(self, child: ChildProcess) -> None:
        child.wait(60)
        child.start()

    def _signal(self, child: ChildProcess, name: str) -> None:
        # one that waits for its supervisor cannot be struck
        if child.running:
            os.kill(child.pid, getattr(signal, name))

    def thaw(self) -> None:
        """End every fault that lasts: all go on, and what is wrong at the receivers is over."""
        for child in self.children.values():
            self._signal(child, "SIGCONT")
        for standin in (self.pipeline.slack, self.pipeline.pager):
            standin.script.clear()


def _details(step: Step) -> str:
    told = [f"{one.kind} {one.call} x{one.times}" for one in step.strike.faults]
    lasts = (
        f"for {step.strike.lasts:g} s" if step.strike.lasts and step.at == step.strike.at else ""
    )
    return ", ".join(told) or lasts


@contextmanager
def site(
    folder: Path, terms: Terms, replicas: Mapping[str, int], say: Callable[[str], None]
) -> Iterator[ChaosSite]:
    """All of it started and ready; ended with the context. Logs go to `folder`."""
    with ExitStack() as parts:
        kafka, redis = KafkaNode.create(), RedisNode.create()
        parts.callback(redis.close)
        parts.callback(_end, kafka, folder)
        kafka.start()
        redis.start()
        topics.create(kafka.bootstrap, PREFIX, partitions=6)
        write_rules(folder, terms)
        pipeline = parts.enter_context(Pipeline(_environment(kafka, redis), folder, replicas))
        supervisor = Supervisor(pipeline.services, say)
        reload = Reload(folder, terms, pipeline.services["matcher-0"].environment or {}, say)
        yield ChaosSite(kafka, redis, pipeline, supervisor, reload, say)


def _end(kafka: KafkaNode, folder: Path) -> None:
    shutil.copy(kafka.child.log, folder / "kafka.log")
    kafka.close()


def _environment(kafka: KafkaNode, redis: RedisNode) -> Mapping[str, str]:
    return {
        "VEDETTE_KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap,
        "VEDETTE_TOPIC_PREFIX": PREFIX,
        "VEDETTE_REDIS_URL": redis.url(),
        "VEDETTE_RECEIVER_TIMEOUT_SECONDS": str(RECEIVER_SECONDS),
        "VEDETTE_TICK_SECONDS": "1",
    }
