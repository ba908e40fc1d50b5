"""Environment → what the commands that speak to Kafka or to ingest need."""

from typing import Literal

from services.environment import ServiceSettings, load, process_environment


class KafkaSettings(ServiceSettings):
    """Where the topics stand, and what they are called."""

    kafka_bootstrap_servers: str = "localhost:9092"
    topic_prefix: str = "vedette."
    clock: Literal["wall", "recorded"] = "wall"


def kafka_settings() -> KafkaSettings:
    """From this process's environment; raises InvalidEnvironment as every service does."""
    return load(KafkaSettings, process_environment())


class ReplaySettings(ServiceSettings):
    """Which ingest `vedette replay` speaks to, and as whom."""

    replay_url: str = "http://localhost:8080"
    replay_token: str | None = None


def replay_settings() -> ReplaySettings:
    """As `kafka_settings`."""
    return load(ReplaySettings, process_environment())
