"""The one place where the parts of this service are joined."""

from asyncio import to_thread
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from faust.types import TP

from schemas.topics import ALERTS, DEAD_LETTERS, EVENTS, RULES, SIGNALS, topic_name
from services import telemetry
from services.connections import FOR_HEALTH, BoundedConfig
from services.matcher.adapters.correlation.commands import CommandRunner
from services.matcher.adapters.correlation.correlate import Correlator, signals_partitions
from services.matcher.adapters.crashes.ending import CrashLog, WorkerEnd
from services.matcher.adapters.crashes.guards import GuardLimits, install_guards
from services.matcher.adapters.crashes.in_hand import InHand
from services.matcher.adapters.crashes.passed import PassedCrashes
from services.matcher.adapters.crashes.set_aside import Agent, LethalFilter
from services.matcher.adapters.detection.active_matcher import ActiveMatcher
from services.matcher.adapters.detection.backfill import Backfill, BackfillPartitions
from services.matcher.adapters.detection.backfill_tasks import BackfillTasks
from services.matcher.adapters.detection.detect import Detection
from services.matcher.adapters.detection.heartbeats import Heartbeats
from services.matcher.adapters.detection.losses import send_losses_forever
from services.matcher.adapters.detection.matcher import thread_budget
from services.matcher.adapters.detection.quotas import Quotas
from services.matcher.adapters.detection.replay_source import KafkaReplaySource
from services.matcher.adapters.detection.ticks import Ticker
from services.matcher.adapters.detection.unreadable import UnreadableItems
from services.matcher.adapters.rules.bundles import Bundles
from services.matcher.adapters.rules.first_rules import find_first_rules
from services.matcher.adapters.rules.follower import Follower
from services.matcher.adapters.rules.rules_topic import RulesTopicReader
from services.matcher.adapters.state.changelog import ensure_changelog
from services.matcher.adapters.state.keyed_states import KeyedStates
from services.matcher.adapters.state.partition_states import States
from services.matcher.adapters.state.positions import Positions
from services.matcher.adapters.state.table import add_table, changelog_name
from services.matcher.adapters.stream.agents import add_agent
from services.matcher.adapters.stream.crash import crash_and_park
from services.matcher.adapters.stream.group_watch import GroupWatch
from services.matcher.adapters.stream.transport import App, faust_options, raw_topic
from services.matcher.adapters.stream.worker import new_loop, run
from services.matcher.adapters.topics.admin import retention, topic_id
from services.matcher.adapters.topics.cluster import KafkaCluster, KafkaUnusable
from services.matcher.adapters.topics.record_batches import tolerate_header_names
from services.matcher.adapters.topics.record_sender import TopicSender
from services.matcher.adapters.topics.records import ConsumerRecord
from services.matcher.domain.engine.messages import SignalsMessage, get_recorded_time
from services.matcher.domain.engine.processors import Processors
from services.matcher.domain.rules.look_back import describe_short_retention
from services.matcher.domain.rules.rulebook import Rulebook
from services.matcher.settings import MatcherSettings

log = telemetry.logger(__name__)

TOPICS = (EVENTS, SIGNALS, ALERTS, DEAD_LETTERS, RULES)
FAILED = 1


@dataclass(frozen=True, slots=True)
class Kafka:
    """Kafka as found at the start: connected, and every topic there."""

    cluster: KafkaCluster
    signals_partitions: int
    signals_topic_id: str
    events_kept: timedelta | None
    rules: RulesTopicReader


def serve(settings: MatcherSettings) -> int:
    """Run the matcher until it is told to stop (0) or crashes (1). Blocks.

    Raises:
        NoRules: neither the rules topic nor, if that is empty, any file holds a usable rule.
    """
    tolerate_header_names()
    health = _health()
    listener = telemetry.listen(
        BoundedConfig(telemetry.health_app(health), settings.host, settings.port, FOR_HEALTH)
    )
    loop = new_loop()
    try:
        kafka = loop.run_until_complete(prepare(settings))
        follower = Follower(kafka.rules, health.notes)
        bundles = loop.run_until_complete(find_first_rules(settings.rules_dir, follower))
        _note_reach(bundles.current.rulebook, kafka, health)
        in_hand = InHand()
        app = create_app(settings, (bundles, follower), kafka, in_hand)
        _watch(app, kafka.cluster, health)
        _guard(app, in_hand, settings, kafka)
        return run(app, loop)
    except KafkaUnusable as error:
        log.critical("cannot start", reason=str(error))
        return FAILED
    finally:
        listener.stop()


async def prepare(settings: MatcherSettings) -> Kafka:
    """Connect to Kafka, and have the topics that the matcher needs.

    Raises:
        KafkaUnusable: saying what is missing.
    """
    bootstrap = settings.kafka_bootstrap_servers
    cluster = await KafkaCluster.connect(bootstrap)
    names = {name: topic_name(settings.topic_prefix, name) for name in TOPICS}
    partitions = {name: await cluster.count_partitions(full) for name, full in names.items()}
    name, count = changelog_name(app_id(settings)), partitions[SIGNALS]
    await to_thread(ensure_changelog, bootstrap, name, count)
    signals_id = await to_thread(topic_id, bootstrap, names[SIGNALS])
    events_kept = await to_thread(retention, bootstrap, names[EVENTS])
    cluster.follow({names[name]: partitions[name] for name in (EVENTS, SIGNALS)})
    rules = await RulesTopicReader.open(bootstrap, names[RULES], settings.kafka_fetch_wait_ms)
    return Kafka(cluster, count, signals_id, events_kept, rules)


def app_id(settings: MatcherSettings) -> str:
    """The consumer group: one for each prefix, so that two stacks on one Kafka do not meet."""
    return f"{settings.topic_prefix}matcher"


def create_app(
    settings: MatcherSettings, rules: tuple[Bundles, Follower], kafka: Kafka, in_hand: InHand
) -> App:
    """The Faust app with its agents, its table and its ticks. Nothing is started.

    `rules` are those in force, and who puts newer ones there.
    """
    bundles, follower = rules
    app = App(app_id(settings), **faust_options(settings.kafka_bootstrap_servers))
    app.fetch_wait_ms = settings.kafka_fetch_wait_ms
    topics = {name: raw_topic(app, topic_name(settings.topic_prefix, name)) for name in TOPICS}
    sender = TopicSender(topics)
    lethal = LethalFilter(kafka.rules, in_hand, sender)
    matcher = _active_matcher(app, settings, kafka, (bundles, follower, lethal))
    detection = Detection(
        matcher,
        sender,
        kafka.signals_partitions,
        UnreadableItems(sender, settings.dead_letter_limit),
        heartbeats=_heartbeats(settings, bundles),
        quotas=_quotas(settings, kafka),
        backfilled=kafka.rules.backfilled,
        in_hand=in_hand,
    )
    table = add_table(app, kafka.signals_partitions)
    keyed_states = KeyedStates(table)
    states = States(keyed_states, Processors.of(bundles.current))
    positions = Positions(keyed_states, kafka.signals_topic_id)
    partitions = signals_partitions(kafka.signals_partitions)
    runner = CommandRunner(sender, kafka.signals_partitions)
    correlation = Correlator(
        bundles,
        states,
        positions,
        partitions,
        runner,
        _now(settings),
        _groups_a_minute(settings),
        in_hand=in_hand,
    )
    stages = {
        EVENTS: Agent("detect", partial(_detect, matcher, detection), matcher.activate),
        SIGNALS: Agent(
            "correlate", lambda message, _: correlation.take(message), correlation.pass_over
        ),
    }
    for topic, agent in stages.items():
        add_agent(app, agent.where, topics[topic], partial(lethal.take, agent))
    _call_when_moving(app, lethal.forget_partitions)
    past = partial(_is_backfilling, topics[EVENTS].get_topic_name(), kafka.rules, bundles)
    app.task(partial(PassedCrashes(kafka.rules, sender, past).run, app))
    table.on_recover(partial(_moved, correlation))
    app.task(partial(send_losses_forever, app, sender))
    ticker = Ticker(sender, _clock(settings, detection), topics[EVENTS].get_topic_name())
    app.task(partial(ticker.run, app, kafka.cluster, settings.tick_seconds))
    return app


def _active_matcher(
    app: App, settings: MatcherSettings, kafka: Kafka, parts: tuple[Bundles, Follower, LethalFilter]
) -> ActiveMatcher:
    """The matcher of events, whose rules change as they are published."""
    bundles, follower, lethal = parts
    events, backfilled = topic_name(settings.topic_prefix, EVENTS), kafka.rules.backfilled
    partitions = BackfillPartitions(
        kafka.signals_partitions, partial(kafka.cluster.known_partitions, events), backfilled
    )
    source = KafkaReplaySource(settings.kafka_bootstrap_servers, events)
    budget = partial(thread_budget, settings.detect_budget_ms)
    backfill = Backfill(
        source,
        lethal.sender,
        partitions,
        budget=budget,
        in_hand=lethal.in_hand,
        find_lethal=lethal.find,
    )
    tasks = BackfillTasks(backfill, backfilled, partial(crash_and_park, app))
    matcher = ActiveMatcher(bundles, tasks, partial(follower.known, bundles), budget)
    app.task(partial(follower.run, app, bundles))
    _call_when_moving(app, matcher.forget_partitions)
    return matcher


def _is_backfilling(topic: str, rules: RulesTopicReader, bundles: Bundles, tp: TP) -> bool:
    return tp.topic == topic and rules.backfilled(tp.partition) < bundles.current.number


def _call_when_moving(app: App, forget: Callable[[], None]) -> None:
    for moving in (app.on_partitions_revoked, app.on_before_shutdown):
        moving.connect(lambda *_given, **_named: forget())


def _heartbeats(settings: MatcherSettings, bundles: Bundles) -> Heartbeats | None:
    """None on the recorded clock: a gap in a file is no silence of its sources."""
    if settings.clock == "recorded":
        return None
    return Heartbeats(lambda: bundles.current.rulebook.sources)


def _groups_a_minute(settings: MatcherSettings) -> int | None:
    """None on the recorded clock: as for quotas."""
    return None if settings.clock == "recorded" else settings.storm_groups_per_minute


def _quotas(settings: MatcherSettings, kafka: Kafka) -> Quotas | None:
    """None on the recorded clock: a file may hold many reports of one time."""
    if settings.clock == "recorded":
        return None
    events = topic_name(settings.topic_prefix, EVENTS)
    partitions = kafka.cluster.known_partitions(events)
    return Quotas(settings.detect_quota_ms / 1000 / max(1, partitions))


async def _detect(
    matcher: ActiveMatcher,
    detection: Detection,
    message: ConsumerRecord,
    lethal_items: frozenset[int],
) -> None:
    await matcher.activate(message)
    await detection.process(message, lethal_items)


async def _moved(correlation: Correlator) -> None:
    correlation.forget()


def _health() -> telemetry.Health:
    health = telemetry.Health()
    health.add("group", lambda: "starting")
    health.add("kafka", lambda: "starting")
    return health


def _note_reach(rulebook: Rulebook, kafka: Kafka, health: telemetry.Health) -> None:
    if lines := describe_short_retention(rulebook.windows.values(), kafka.events_kept):
        log.warning("events are not kept for as long as rules look back", rules=lines)
        health.notes["look back"] = "\n".join(lines)


def _watch(app: App, cluster: KafkaCluster, health: telemetry.Health) -> None:
    watch = GroupWatch(app, cluster)
    health.add("group", watch.check_group)
    health.add("kafka", watch.check_kafka)
    app.task(watch.run)


def _guard(app: App, in_hand: InHand, settings: MatcherSettings, kafka: Kafka) -> None:
    """A loop that hangs, or memory that is nearly full, names the message in hand."""
    topic = topic_name(settings.topic_prefix, RULES)
    crash_log = CrashLog(settings.kafka_bootstrap_servers, topic, kafka.rules.crashes)
    end = WorkerEnd(crash_log, app.session.is_valid)
    limits = GuardLimits(settings.stuck_seconds, settings.memory_limit, settings.memory_sample_ms)
    install_guards(app, in_hand, end, limits)


def _now(settings: MatcherSettings) -> Callable[[SignalsMessage], datetime]:
    if settings.clock == "recorded":
        return lambda message: get_recorded_time(message) or datetime.now(UTC)
    return lambda _message: datetime.now(UTC)


def _clock(settings: MatcherSettings, detection: Detection) -> Callable[[], datetime | None]:
    if settings.clock == "recorded":
        return lambda: detection.newest.recorded_at
    return lambda: datetime.now(UTC)
