"""Environment → what the commands that speak to Kafka or to ingest need."""

from services.environment import VedetteSettings, load, process_environment


def kafka_settings() -> VedetteSettings:
    """Where the topics stand; raises InvalidEnvironment as every service does."""
    return load(VedetteSettings, process_environment())


class ReplaySettings(VedetteSettings):
    """Which ingest `vedette replay` speaks to, and as whom."""

    replay_url: str = "http://localhost:8080"
    replay_token: str | None = None


def replay_settings() -> ReplaySettings:
    """As `kafka_settings`."""
    return load(ReplaySettings, process_environment())
