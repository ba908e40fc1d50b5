"""Environment → settings of this service."""

from typing import Annotated, Any, Literal

from pydantic import Field, RedisDsn, SecretStr, StringConstraints, field_validator

from services.environment import ServiceSettings


class Settings(ServiceSettings):
    """What the notifier reads; the names are those of the environment without the prefix."""

    kafka_bootstrap_servers: str = "localhost:9092"
    topic_prefix: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{0,200}$")] = "vedette."
    clock: Literal["wall", "recorded"] = "wall"
    redis_url: RedisDsn = RedisDsn("redis://localhost:6379/0")
    host: str = "0.0.0.0"  # noqa: S104  (a service in a container listens on all of its addresses)
    port: Annotated[int, Field(ge=1, le=65535)] = 8082
    slack_token: SecretStr | None = None
    slack_channel: Annotated[str, Field(min_length=1)] = "#alerts"
    slack_api_url: Annotated[str, Field(pattern="^https?://")] = "https://slack.com/api/"
    pagerduty_routing_key: SecretStr | None = None
    pagerduty_events_url: Annotated[str, Field(pattern="^https?://")] = (
        "https://events.pagerduty.com/v2/enqueue"
    )
    receiver_timeout_seconds: Annotated[int, Field(ge=1, le=60)] = 10

    @field_validator("slack_token", "pagerduty_routing_key", mode="before")
    @classmethod
    def _empty_is_none(cls, value: Any) -> Any:
        return value or None
