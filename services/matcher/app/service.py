"""Runs the matcher: its listener, its app, and what watches both."""

from functools import partial

from schemas.topics import RULES, topic_name
from services import telemetry
from services.matcher.adapters.crashes.ending import CrashLog, WorkerEnd
from services.matcher.adapters.crashes.guards import GuardLimits, install_guards
from services.matcher.adapters.crashes.in_hand import InHand
from services.matcher.adapters.rules.bundles import Bundles
from services.matcher.adapters.rules.follower import Follower
from services.matcher.adapters.stream.transport import App
from services.matcher.adapters.stream.worker import new_loop
from services.matcher.app.agents import create_app
from services.matcher.app.kafka import Kafka, prepare_kafka
from services.matcher.app.serving import (
    find_in_kafka,
    follow_rules,
    run_until_added,
    serve_while,
    watch_group,
)
from services.matcher.app.windows_route import WindowsRoute
from services.matcher.domain.rules.look_back import describe_short_retention
from services.matcher.domain.rules.rulebook import Rulebook
from services.matcher.settings import MatcherSettings

log = telemetry.logger(__name__)


def serve(settings: MatcherSettings) -> int:
    """Run the matcher until SIGTERM or SIGINT (0) or a crash (1). Blocks.

    Raises:
        NoRules: neither the rules topic nor, if that is empty, any file holds a usable rule.
    """
    route = WindowsRoute()
    return serve_while(settings, partial(_run_app, settings, route), route.add_to)


def _run_app(settings: MatcherSettings, route: WindowsRoute, health: telemetry.Health) -> int:
    loop = new_loop()
    kafka, follower, bundles = find_in_kafka(loop, partial(_prepare, settings, health), health)
    _note_look_back(bundles.current.rulebook, kafka, health)
    in_hand = InHand()
    app = create_app(settings, kafka, bundles, follower, in_hand)
    watch_group(app, kafka.cluster, health)
    if app.read_windows is not None:
        route.open(loop, app.read_windows)
    _guard(app, in_hand, settings, kafka)
    return run_until_added(app, kafka.cluster, loop)


async def _prepare(
    settings: MatcherSettings, health: telemetry.Health
) -> tuple[Kafka, Follower, Bundles]:
    kafka = await prepare_kafka(settings)
    return kafka, *await follow_rules(kafka, settings.rules_dir, health)


def _note_look_back(rulebook: Rulebook, kafka: Kafka, health: telemetry.Health) -> None:
    if lines := describe_short_retention(rulebook.windows.values(), kafka.events_kept):
        log.warning("events are not kept for as long as rules look back", rules=lines)
        health.notes["look back"] = "\n".join(lines)


def _guard(app: App, in_hand: InHand, settings: MatcherSettings, kafka: Kafka) -> None:
    """A loop that hangs, or memory that is nearly full, names the message in hand."""
    topic = topic_name(settings.topic_prefix, RULES)
    crash_log = CrashLog(settings.kafka, topic, kafka.rules.crashes)
    end = WorkerEnd(crash_log, app.session.is_valid)
    limits = GuardLimits(settings.stuck_seconds, settings.memory_limit, settings.memory_sample_ms)
    install_guards(app, in_hand, end, limits)
