"""The whole system: Kafka, Redis, the services and their supervisor, the stand-ins."""

import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.pack import PackTiming, write_rules
from tests.chaos.plan import KAFKA, PAGER, REDIS, RULE_FILES, SLACK, Step
from tests.chaos.reload import Reload
from tests.chaos.supervisor import Supervisor
from tests.parts import topics
from tests.parts.child import ChildProcess
from tests.parts.kafka import KafkaNode
from tests.parts.pipeline import Pipeline, name_servers
from tests.parts.redis_server import RedisNode

PREFIX = "chaos."
GROUP = "chaos.matcher"
NOTIFIER_GROUP = "chaos-notifier"
PARTITIONS = 6
RECEIVER_SECONDS = 3


@dataclass(frozen=True)
class ChaosSite:
    """All parts by name. Only the thread that made it may act on it."""

    kafka: KafkaNode
    redis: RedisNode
    pipeline: Pipeline
    supervisor: Supervisor
    reload: Reload
    log: Callable[[str], None]

    @property
    def children(self) -> Mapping[str, ChildProcess]:
        """Every process by name."""
        stores = {KAFKA: self.kafka.child, REDIS: self.redis.child}
        return {**self.pipeline.services, **stores}

    def look_after(self) -> None:
        """Start services that have ended, repeat a failed publish; never blocks."""
        self.supervisor.restart_ended(time.monotonic())
        self.reload.retry_failed()

    def perform(self, step: Step) -> None:
        """Do what the step says; blocks only until a store that is to start has ended."""
        self.log(f"{step.act} {step.target} {_details(step)}".rstrip())
        if step.target in (SLACK, PAGER):
            standin = self.pipeline.slack if step.target == SLACK else self.pipeline.pager
            for fault in step.fault.scripted:
                standin.script.add(fault)
        elif step.target == RULE_FILES:
            self.reload.publish_next()
        elif step.act == "start":
            self._start(self.children[step.target])
        else:
            self._signal(self.children[step.target], step.act)

    def _start(self, child: ChildProcess) -> None:
        child.wait(60)
        child.start()

    def _signal(self, child: ChildProcess, name: str) -> None:
        # a process that has ended and is not restarted yet gets no signal
        if child.running:
            os.kill(child.pid, getattr(signal, name))

    def end_faults(self) -> None:
        """End every fault: frozen processes go on, the stand-ins answer as they should."""
        for child in self.children.values():
            self._signal(child, "SIGCONT")
        for standin in (self.pipeline.slack, self.pipeline.pager):
            standin.script.clear()


def _details(step: Step) -> str:
    scripted = [f"{script.kind} {script.call} x{script.times}" for script in step.fault.scripted]
    lasts = f"for {step.fault.lasts:g} s" if step.fault.lasts and step.at == step.fault.at else ""
    return ", ".join(scripted) or lasts


@contextmanager
def start_site(
    folder: Path, timing: PackTiming, replicas: Mapping[str, int], log: Callable[[str], None]
) -> Iterator[ChaosSite]:
    """All parts started and ready; ended with the context. Logs go to `folder`."""
    with start_stores(folder) as (kafka, redis), ExitStack() as parts:
        topics.create(kafka.bootstrap, PREFIX, partitions=PARTITIONS)
        write_rules(folder, timing)
        pipeline = parts.enter_context(Pipeline(name_variables(kafka, redis), folder, replicas))
        supervisor = Supervisor(pipeline.services, log)
        reload = Reload(folder, timing, pipeline.services["matcher-0"].environment or {}, log)
        yield ChaosSite(kafka, redis, pipeline, supervisor, reload, log)


@contextmanager
def start_stores(folder: Path) -> Iterator[tuple[KafkaNode, RedisNode]]:
    """A Kafka and a Redis, empty; the log of Kafka is copied to `folder` at the end."""
    with ExitStack() as parts:
        kafka, redis = KafkaNode.create(), RedisNode.create()
        parts.callback(redis.close)
        parts.callback(_end, kafka, folder)
        yield kafka.start(), redis.start()


def _end(kafka: KafkaNode, folder: Path) -> None:
    shutil.copy(kafka.child.log, folder / "kafka.log")
    kafka.close()


def name_variables(kafka: KafkaNode, redis: RedisNode) -> Mapping[str, str]:
    """The variables of services that use these stores."""
    return name_servers(kafka.bootstrap, PREFIX, redis.url()) | {
        "VEDETTE_RECEIVER_TIMEOUT_SECONDS": str(RECEIVER_SECONDS),
        "VEDETTE_TICK_SECONDS": "1",
    }
