"""Environment → settings of this service."""

from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, AnyUrl, Field, SecretStr, field_validator

from services.environment import FetchWait, Port, RedisUrl, ServiceSettings


def _address(url: SecretStr) -> SecretStr:
    if not url.get_secret_value().startswith(("http://", "https://")):
        raise ValueError("an address begins with http:// or https://")
    return url


HttpAddress = Annotated[SecretStr, AfterValidator(_address)]


class NotifierSettings(ServiceSettings):
    """What the notifier reads; the names are those of the environment without the prefix."""

    kafka_fetch_wait_ms: FetchWait = 500
    redis_url: RedisUrl = AnyUrl("redis://localhost:6379/0")
    port: Port = 8082
    slack_token: SecretStr | None = None
    slack_channel: Annotated[str, Field(min_length=1)] = "#alerts"
    slack_duty_channel: str | None = None
    slack_digest_channel: str | None = None
    slack_api_url: Annotated[str, Field(pattern="^https?://")] = "https://slack.com/api/"
    pagerduty_routing_key: SecretStr | None = None
    pagerduty_events_url: Annotated[str, Field(pattern="^https?://")] = (
        "https://events.pagerduty.com/v2/enqueue"
    )
    watchdog_url: HttpAddress | None = None
    routes_file: Path | None = None
    receiver_timeout_seconds: Annotated[int, Field(ge=1, le=60)] = 10

    @field_validator(
        "slack_token",
        "slack_duty_channel",
        "slack_digest_channel",
        "pagerduty_routing_key",
        "watchdog_url",
        "routes_file",
        mode="before",
    )
    @classmethod
    def _empty_is_none(cls, value: Any) -> Any:
        return value or None
