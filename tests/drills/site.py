"""The whole system for a drill: set up by the commands of the pages, and asked as people would."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx

from tests.parts.child import ROOT
from tests.parts.kafka import KafkaNode
from tests.parts.leader_rule import LEADER_APPOINTED
from tests.parts.pipeline import Pipeline, name_servers, write_pack
from tests.parts.redis_server import RedisNode
from tests.parts.rocket_rules import ROCKETS_ON_ONE_PLACE
from tests.parts.waiting import until

PREFIX = "drill."
SECONDS = 180.0
ROCKETS = 3
Say = Callable[[str], None]
CASES = """
tests:
  - name: it fires
    events: [{at: 0s, source: s, title: A council appoints a leader}]
    expect: [{fires: leader_appointed}]
  - name: it does not
    events: [{at: 0s, source: s, title: The market opened}]
    expect: silent
"""
ROCKET_CASES = """
tests:
  - name: it fires
    events:
      - {at: 0s, source: s, place: p, text: a rocket}
      - {at: 1s, source: s, place: p, text: one more rocket}
      - {at: 2s, source: s, place: p, text: a third rocket}
    expect: [{fires: rocket_campaign}]
  - name: it does not
    events: [{at: 0s, source: s, place: p, text: a rocket}]
    expect: silent
"""


class DrillFailed(Exception):
    """What should have been seen was not."""


def require(condition: object, what: str) -> None:
    """Pass if it is so.

    Raises:
        DrillFailed: it is not.
    """
    if not condition:
        raise DrillFailed(what)


@dataclass
class DrillSite:
    """Kafka, Redis and the services, with what people see of them; `say` tells what happens."""

    kafka: KafkaNode
    redis: RedisNode
    pipeline: Pipeline
    pack: Path
    say: Say
    reported: dict[str, str] = field(default_factory=dict)

    def run_command(self, *arguments: str) -> str:
        """`vedette …`; what it printed.

        Raises:
            DrillFailed: it failed.
        """
        self.say(f"$ vedette {' '.join(arguments)}")
        try:
            done = subprocess.run(  # noqa: S603  (our own command)
                [sys.executable, "-m", "cli", *arguments],
                env=_choose_command_variables(self.pipeline),
                cwd=ROOT,
                capture_output=True,
                text=True,
                timeout=SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as late:
            raise DrillFailed(str(late)) from late
        require(done.returncode == 0, f"it ended with {done.returncode}: {done.stderr}")
        return done.stdout

    def set_up(self, *create: str) -> None:
        """Create topics, with these options, and publish the rules, as on the first day."""
        self.run_command("topics", "create", "--partitions", "4", *create)
        self.publish_rules()

    def publish_rules(self, *arguments: str) -> str:
        """`vedette rules publish` of the drill's rules; what it printed."""
        return self.run_command("rules", "publish", "--rules", str(self.pack), *arguments)

    def report_leader(self, name: str) -> None:
        """Send a report that pages, until it is accepted."""
        at = self.reported.setdefault(name, datetime.now(UTC).isoformat())
        title = f"Council {name} appoints a leader"
        self._send({"id": f"leader-{name}", "title": title, "occurred_at": at})

    def report_rocket(self, place: str, number: int) -> None:
        """Send a report for the window of a place, until it is accepted."""
        text = f"Rocket {number} fell on {place}"
        self._send({"id": f"{place}-{number}", "text": text, "place": place})

    def _send(self, report: Mapping[str, str]) -> None:
        until(lambda: self.try_to_send(report), "a report is accepted", SECONDS)

    def try_to_send(self, report: Mapping[str, str]) -> bool:
        """Whether ingest accepts it now."""
        try:
            return self.pipeline.post(report).status_code == httpx.codes.ACCEPTED
        except httpx.TransportError:
            return False

    def require_leader(self, name: str) -> None:
        """Report a leader: his alert reaches Slack and the pager."""
        self.report_leader(name)
        until(lambda: self.count(f"Council {name} "), f"the alert of {name} at Slack", SECONDS)
        until(lambda: len(self.pipeline.pager.incidents) >= len(self.reported), "paged", SECONDS)
        self.say(f"a report that is sent now ({name}) reaches Slack and the pager")

    def count(self, words: str) -> int:
        """The messages at Slack that hold the words."""
        return sum(words in message.words for message in self.pipeline.slack.messages)

    def require_no_repeat(self) -> None:
        """Nobody was told or paged twice."""
        alerts = [message.alert for message in self.pipeline.slack.messages]
        require(len(alerts) == len(set(alerts)), f"told twice: {alerts}")
        keys = [incident.dedup_key for incident in self.pipeline.pager.incidents]
        require(len(keys) == len(set(keys)), f"paged twice: {keys}")
        self.say(f"{len(alerts)} alerts, each told once; {len(keys)} pages, none twice")

    def start(self, *kinds: str) -> None:
        """Start the services of these kinds that do not run; return when all are ready."""
        for service in self.pipeline.services.values():
            if service.name in kinds and not service.running:
                service.start()
        self.wait_ready()

    def restart(self, *kinds: str) -> None:
        """End the services of these kinds and start them again, as `kubectl rollout restart`."""
        self.say(f"restart: {', '.join(kinds)}")
        for service in self.pipeline.services.values():
            if service.name in kinds and service.running:
                service.terminate(60.0)
        self.start(*kinds)

    def wait_ready(self) -> None:
        """Return when every service is ready; one that ended is started again, as a pod is."""

        def all_ready() -> bool:
            for service in self.pipeline.services.values():
                if not service.running:
                    service.start()
            return all(service.ready() for service in self.pipeline.services.values())

        until(all_ready, "every service is ready", SECONDS)

    def wait_told(self, words: str, *kinds: str) -> None:
        """Wait until `/readyz` of one of these kinds of services holds the words; say it."""
        said = until(lambda: self._find_fault(words, kinds), f"/readyz says {words!r}", SECONDS)
        self.say(said)

    def _find_fault(self, words: str, kinds: tuple[str, ...]) -> str:
        for name, service in self.pipeline.services.items():
            if service.name not in kinds:
                continue
            try:
                answer = httpx.get(f"{service.admin_url}/readyz", timeout=5)
            except httpx.TransportError:
                continue
            if words in answer.text:
                return f"/readyz of {name}: {answer.status_code} {answer.text.strip()[:300]}"
        return ""


def _choose_command_variables(pipeline: Pipeline) -> dict[str, str]:
    names = ("PATH", "VEDETTE_KAFKA_BOOTSTRAP_SERVERS", "VEDETTE_TOPIC_PREFIX", "VEDETTE_REDIS_URL")
    known = pipeline.ingest.environment or {}
    return {name: known[name] for name in names if name in known}


@dataclass(frozen=True, slots=True)
class SiteOptions:
    """Stores that are started already, or None; numbers of services; options of topics create."""

    kafka: KafkaNode | None = None
    redis: RedisNode | None = None
    replicas: Mapping[str, int] | None = None
    create: tuple[str, ...] = ()


ONE_OF_EACH = SiteOptions()


@contextmanager
def start_site(folder: Path, say: Say, options: SiteOptions = ONE_OF_EACH) -> Iterator[DrillSite]:
    """All parts started and ready, and a first alert told."""
    with ExitStack() as parts:
        own_kafka = options.kafka or parts.enter_context(closing(KafkaNode.create())).start()
        own_redis = options.redis or parts.enter_context(closing(RedisNode.create())).start()
        pack = write_pack(
            folder, LEADER_APPOINTED + CASES, ROCKETS_ON_ONE_PLACE % ROCKETS + ROCKET_CASES
        )
        variables = name_servers(own_kafka.bootstrap, PREFIX, own_redis.url())
        pipeline = Pipeline(variables, folder, options.replicas)
        site = DrillSite(own_kafka, own_redis, pipeline, pack, say)
        site.set_up(*options.create)
        parts.enter_context(pipeline)
        site.require_leader("First")
        yield site


def empty_folder(folder: Path) -> Path:
    """The folder, new."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
