"""Runs the reader: a Faust app of its own, in a consumer group of its own on the events topic."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from schemas.reader_heads import PackHeads
from schemas.topics import EVENTS, topic_name
from services import telemetry
from services.matcher.adapters import metrics
from services.matcher.adapters.detection.losses import send_losses_forever
from services.matcher.adapters.reading.active_reader import ActiveReader
from services.matcher.adapters.reading.quiet_thread import QuietThread
from services.matcher.adapters.reading.suspecting import WHERE, Suspecting
from services.matcher.adapters.rules.bundles import Bundles
from services.matcher.adapters.rules.first_rules import NoRules
from services.matcher.adapters.rules.follower import Follower
from services.matcher.adapters.rules.rule_files import read_rule_files
from services.matcher.adapters.sentence_models.folder_heads import find_heads
from services.matcher.adapters.sentence_models.heads_file import UnreadableHeads
from services.matcher.adapters.sentence_models.llm_client import LlmAddress, LlmClient
from services.matcher.adapters.sentence_models.llm_judge import LlmJudge
from services.matcher.adapters.sentence_models.load_model import load_model, make_trainer
from services.matcher.adapters.stream.agents import add_agent
from services.matcher.adapters.stream.loop_watchdog import LoopWatchdog
from services.matcher.adapters.stream.transport import App, faust_options, raw_topic
from services.matcher.adapters.stream.worker import new_loop
from services.matcher.adapters.topics.record_sender import TopicSender
from services.matcher.app.kafka import (
    READER_TOPICS,
    ReaderKafka,
    prepare_reader_kafka,
    reader_app_id,
)
from services.matcher.app.serving import (
    find_in_kafka,
    follow_rules,
    run_until_added,
    serve_while,
    watch_group,
)
from services.matcher.domain.reader.ports import MeaningJudge, SentenceModel
from services.matcher.settings import ReaderServiceSettings

log = telemetry.logger(__name__)

MOST_WAITING = 64
"""Messages that are fetched and not yet read: the rest waits on Kafka."""


def serve_reader(settings: ReaderServiceSettings) -> int:
    """Run the reader until SIGTERM or SIGINT (0) or a crash (1). Blocks.

    Raises:
        ModelUnavailable: there is no model; the message says what to install.
        NoRules: as the matcher.
    """
    return serve_while(settings, partial(_run_app, settings))


def _run_app(settings: ReaderServiceSettings, health: telemetry.Health) -> int:
    loop, thread = new_loop(), QuietThread()
    # loaded there, so that threads of the model have the low priority too
    model = loop.run_until_complete(thread.run(partial(load_model, settings.reader_model)))
    kafka, follower, bundles = find_in_kafka(loop, partial(_prepare, settings, health), health)
    heads: Mapping[str, PackHeads] = {}
    if not bundles.current.number:
        finding = thread.run(partial(_find_folder_heads, settings, bundles, model))
        heads = loop.run_until_complete(finding)
    app = _create_app(settings, follower, bundles)
    active = ActiveReader(bundles, model, heads, health.notes, _make_judge(settings))
    _add_suspecting(app, settings, active, thread)
    watch_group(app, kafka.cluster, health)
    return run_until_added(app, kafka.cluster, loop)


async def _prepare(
    settings: ReaderServiceSettings, health: telemetry.Health
) -> tuple[ReaderKafka, Follower, Bundles]:
    kafka = await prepare_reader_kafka(settings)
    return kafka, *await follow_rules(kafka, settings.rules_dir, health)


def _make_judge(settings: ReaderServiceSettings) -> MeaningJudge | None:
    if settings.reader_llm_url is None:
        return None
    key = settings.reader_llm_key
    address = LlmAddress(
        settings.reader_llm_url,
        settings.reader_llm_model,
        key.get_secret_value() if key else "",
        settings.reader_llm_seconds,
    )
    return LlmJudge(LlmClient(address), settings.reader_llm_per_minute)


def _cache_folder(settings: ReaderServiceSettings) -> Path:
    return settings.reader_cache or Path.home() / ".cache" / "vedette"


def _find_folder_heads(
    settings: ReaderServiceSettings, bundles: Bundles, model: SentenceModel
) -> Mapping[str, PackHeads]:
    """The heads of the rules of the folder: no bundle was published."""
    files = read_rule_files(settings.rules_dir)
    rulebook = bundles.current.rulebook
    try:
        opening = partial(make_trainer, model, _cache_folder(settings))
        found = find_heads(files.packs, rulebook, opening, model.name)
    except UnreadableHeads as error:
        raise NoRules(str(error)) from error
    for note in (*found.notes, *map(str, found.faults)):
        log.warning("heads of the folder", note=note)
    return found.by_pack


def _create_app(settings: ReaderServiceSettings, follower: Follower, bundles: Bundles) -> App:
    options = faust_options(settings.kafka)
    app = App(reader_app_id(settings), **options, stream_buffer_maxsize=MOST_WAITING)
    app.fetch_wait_ms = settings.kafka_fetch_wait_ms
    app.watchdog = LoopWatchdog(settings.stuck_seconds)
    app.run_beside(partial(follower.run, app, bundles))
    return app


def _add_suspecting(
    app: App, settings: ReaderServiceSettings, active: ActiveReader, thread: QuietThread
) -> None:
    names = {name: topic_name(settings.topic_prefix, name) for name in READER_TOPICS}
    sender = TopicSender({name: raw_topic(app, full) for name, full in names.items()})
    suspecting = Suspecting(active, sender, thread)
    metrics.READER_LAG.set_function(suspecting.progress.lag_seconds)
    add_agent(app, WHERE, sender.topics[EVENTS], suspecting.process)
    app.run_beside(partial(send_losses_forever, app, sender, WHERE))
