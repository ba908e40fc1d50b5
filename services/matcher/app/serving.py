"""What the matcher and the reader share as processes: a listener, and readiness by the group."""

from collections.abc import Callable

from services import telemetry
from services.connections import FOR_HEALTH, BoundedConfig
from services.matcher.adapters.stream.group_watch import GroupWatch
from services.matcher.adapters.stream.transport import App
from services.matcher.adapters.topics.cluster import KafkaCluster, KafkaUnusable
from services.matcher.adapters.topics.record_batches import tolerate_header_names
from services.matcher.settings import MatcherSettings

log = telemetry.logger(__name__)

FAILED = 1


def serve_while(settings: MatcherSettings, run_app: Callable[[telemetry.Health], int]) -> int:
    """Listen for as long as `run_app` runs; its exit code, or 1 where Kafka cannot be used. Blocks.

    Not ready until the app says so.
    """
    tolerate_header_names()
    health = telemetry.Health()
    health.add("group", lambda: "starting")
    health.add("kafka", lambda: "starting")
    listener = telemetry.listen(
        BoundedConfig(telemetry.health_app(health), settings.host, settings.port, FOR_HEALTH)
    )
    try:
        return run_app(health)
    except KafkaUnusable as error:
        log.critical("cannot start", reason=str(error))
        return FAILED
    finally:
        listener.stop()


def watch_group(app: App, cluster: KafkaCluster, health: telemetry.Health) -> None:
    """Ready as the app's consumer group and Kafka are."""
    watch = GroupWatch(app, cluster)
    health.add("group", watch.check_group)
    health.add("kafka", watch.check_kafka)
    app.run_beside(watch.run)
