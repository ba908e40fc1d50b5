"""The one place where the parts of this service are joined."""

from asyncio import to_thread
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from schemas.bundle import Backfilled
from schemas.indication import Indication
from schemas.tick import Tick
from schemas.topics import ALERTS, DEAD_LETTERS, EVENTS, SIGNALS, topic_name
from services import telemetry
from services.matcher.adapters import metrics
from services.matcher.adapters.agents import add_agent
from services.matcher.adapters.bundles import Bundles
from services.matcher.adapters.changelog import Changelog, ensure_changelog, retention
from services.matcher.adapters.cluster import Cluster, Unusable
from services.matcher.adapters.copies import in_directory, in_memory
from services.matcher.adapters.correlate import Correlation, Told
from services.matcher.adapters.detect import Detection
from services.matcher.adapters.hypotheses import Hypotheses, by_name
from services.matcher.adapters.judge import Judge
from services.matcher.adapters.outbox import TopicOutbox
from services.matcher.adapters.rule_files import read_rule_files
from services.matcher.adapters.store import OpenCopy
from services.matcher.adapters.table import add_table, changelog_name
from services.matcher.adapters.ticks import Ticker
from services.matcher.adapters.transport import App, faust_options, raw_topic
from services.matcher.adapters.unreadable import Unreadable
from services.matcher.adapters.watch import Watch
from services.matcher.adapters.windows import Windows
from services.matcher.adapters.worker import new_loop, run
from services.matcher.domain.faults import RuleFault
from services.matcher.domain.look_back import out_of_reach
from services.matcher.domain.rulebook import Rulebook
from services.matcher.domain.standing import InForce
from services.matcher.settings import Settings

log = telemetry.logger(__name__)

TOPICS = (EVENTS, SIGNALS, ALERTS, DEAD_LETTERS)
FAILED = 1


class NoRules(Exception):  # noqa: N818  (named for what it says, as every error here)
    """There is no rule to match with; the message says where and why, a line a fault."""


@dataclass(frozen=True, slots=True)
class Kafka:
    """Kafka as found at the start: connected, and every topic there."""

    cluster: Cluster
    signals_partitions: int
    changelog: Changelog
    events_kept: timedelta | None


def serve(settings: Settings) -> int:
    """Run the matcher until it is told to stop (0) or crashes (1). Blocks.

    Raises:
        NoRules: no file holds a usable rule.
    """
    rulebook, faults = _rules(settings.rules_dir)
    health = _health(faults)
    listener = telemetry.listen(telemetry.health_app(health), settings.host, settings.port)
    loop = new_loop()
    try:
        kafka = loop.run_until_complete(prepare(settings))
        _note_reach(rulebook, kafka, health)
        scratch = TemporaryDirectory(prefix="vedette-matcher-")
        with scratch as folder, _copies(settings, kafka) as open_copy:
            bundles = Bundles(InForce(rulebook))
            app = create_app(settings, bundles, kafka, (Path(folder), open_copy))
            _watch(app, kafka.cluster, health)
            return run(app, loop)
    except Unusable as error:
        log.critical("cannot start", reason=str(error))
        return FAILED
    finally:
        listener.stop()


async def prepare(settings: Settings) -> Kafka:
    """Connect to Kafka, and have the topics that the matcher needs.

    Raises:
        Unusable: saying what is missing.
    """
    bootstrap = settings.kafka_bootstrap_servers
    cluster = await Cluster.connect(bootstrap)
    names = {name: topic_name(settings.topic_prefix, name) for name in TOPICS}
    partitions = {name: await cluster.partitions(full) for name, full in names.items()}
    name, count = changelog_name(app_id(settings)), partitions[SIGNALS]
    changelog = await to_thread(ensure_changelog, bootstrap, name, count)
    events_kept = await to_thread(retention, bootstrap, names[EVENTS])
    cluster.follow(names[EVENTS])
    return Kafka(cluster, count, changelog, events_kept)


def app_id(settings: Settings) -> str:
    """The consumer group: one for each prefix, so that two stacks on one Kafka do not meet."""
    return f"{settings.topic_prefix}matcher"


def create_app(
    settings: Settings, bundles: Bundles, kafka: Kafka, place: tuple[Path, OpenCopy]
) -> App:
    """The Faust app with its agents, its table and its ticks. Nothing is started.

    `place` is a folder for what Faust leaves behind, and where copies of the changelog live.
    """
    folder, open_copy = place
    rulebook = bundles.current.rulebook
    app = App(app_id(settings), **faust_options(settings.kafka_bootstrap_servers, folder))
    app.fetch_wait_ms = settings.kafka_fetch_wait_ms
    topics = {name: raw_topic(app, topic_name(settings.topic_prefix, name)) for name in TOPICS}
    outbox = TopicOutbox(topics)
    unreadable = Unreadable(outbox, settings.dead_letter_limit)
    detection = Detection(Judge(rulebook), outbox, kafka.signals_partitions, unreadable)
    table = add_table(app, kafka.signals_partitions, open_copy)
    windows = Windows(table, rulebook.windows)
    hypotheses = Hypotheses(table, by_name(rulebook.hypotheses), kafka.signals_partitions)
    correlation = Correlation(windows, hypotheses, outbox, _now(settings), bundles)
    add_agent(app, "detect", topics[EVENTS], detection.take)
    add_agent(app, "correlate", topics[SIGNALS], correlation.take)
    table.on_recover(partial(_moved, correlation))
    ticker = Ticker(outbox, _clock(settings, detection), topics[EVENTS].get_topic_name())
    app.task(partial(ticker.run, app, kafka.cluster, settings.tick_seconds))
    return app


async def _moved(correlation: Correlation) -> None:
    correlation.forget()


def _rules(folder: Path) -> tuple[Rulebook, tuple[RuleFault, ...]]:
    rulebook, faults = read_rule_files(folder).rulebook()
    for fault in faults:
        log.error("a rule is left out", fault=str(fault))
    if not rulebook.windows:
        raise NoRules("\n".join([f"{folder}: no usable rule", *map(str, faults)]))
    metrics.RULES.set(len(rulebook.windows))
    return rulebook, faults


def _health(faults: tuple[RuleFault, ...]) -> telemetry.Health:
    notes = {"rules": "\n".join(map(str, faults))} if faults else {}
    health = telemetry.Health(notes=notes)
    health.add("group", lambda: "starting")
    health.add("kafka", lambda: "starting")
    return health


def _copies(settings: Settings, kafka: Kafka) -> AbstractContextManager[OpenCopy]:
    if settings.state_dir is None or settings.state_store == "memory":
        return nullcontext(in_memory)
    return in_directory(settings.state_dir, kafka.changelog)


def _note_reach(rulebook: Rulebook, kafka: Kafka, health: telemetry.Health) -> None:
    if lines := out_of_reach(rulebook.windows.values(), kafka.events_kept):
        log.warning("events are not kept for as long as rules look back", rules=lines)
        health.notes["look back"] = "\n".join(lines)


def _watch(app: App, cluster: Cluster, health: telemetry.Health) -> None:
    watch = Watch(app, cluster)
    health.add("group", watch.group)
    health.add("kafka", watch.kafka)
    app.task(watch.run)


def _now(settings: Settings) -> Callable[[Told], datetime]:
    return _recorded if settings.clock == "recorded" else lambda _told: datetime.now(UTC)


def _recorded(told: Told) -> datetime:
    if isinstance(told, Tick):
        return told.time
    if isinstance(told, Indication):
        return told.at
    if isinstance(told, Backfilled):
        return datetime.now(UTC)
    return told.evidence.recorded_at or told.occurred_at


def _clock(settings: Settings, detection: Detection) -> Callable[[], datetime | None]:
    if settings.clock == "recorded":
        return lambda: detection.newest.recorded_at
    return lambda: datetime.now(UTC)
