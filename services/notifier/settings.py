"""Environment → settings of this service."""

from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AnyUrl, Field, SecretStr, ValidationInfo, field_validator

from services.environment import FetchWait, Port, RedisUrl, ServiceSettings, check_admin_port
from services.notifier.domain.routing.receiver_names import APPRISE


def _address(url: SecretStr) -> SecretStr:
    if not url.get_secret_value().startswith(("http://", "https://")):
        raise ValueError("an address begins with http:// or https://")
    return url


def _app_token(token: SecretStr | None) -> SecretStr | None:
    if token is not None and not token.get_secret_value().startswith("xapp-"):
        raise ValueError("an app-level token begins with xapp-: a bot's is VEDETTE_SLACK_TOKEN")
    return token


def _long_secret(secret: SecretStr | None) -> SecretStr | None:
    if secret is not None and len(secret.get_secret_value()) < SHORTEST_SECRET:
        raise ValueError(f"a secret has {SHORTEST_SECRET} characters or more")
    return secret


def _apprise_urls(urls: SecretStr | None) -> SecretStr | None:
    given = [] if urls is None else urls.get_secret_value().split()
    if len(given) > len(APPRISE):
        raise ValueError(f"has {len(given)} addresses: {len(APPRISE)} are taken at most")
    return urls


SHORTEST_SECRET = 16
PagerSecret = Annotated[SecretStr | None, AfterValidator(_long_secret)]
Network = IPv4Network | IPv6Network
HttpAddress = Annotated[SecretStr, AfterValidator(_address)]


class NotifierSettings(ServiceSettings):
    """What the notifier reads; the names are those of the environment without the prefix."""

    kafka_fetch_wait_ms: FetchWait = 500
    redis_url: Annotated[RedisUrl, Field(repr=False)] = AnyUrl("redis://localhost:6379/0")
    port: Port = 8082
    admin_port: Annotated[Port, AfterValidator(check_admin_port)] = 9082
    slack_token: SecretStr | None = None
    slack_channel: Annotated[str, Field(min_length=1)] = "#alerts"
    slack_duty_channel: str | None = None
    slack_digest_channel: str | None = None
    slack_api_url: Annotated[str, Field(pattern="^https?://")] = "https://slack.com/api/"
    slack_signing_secret: SecretStr | None = None
    slack_app_token: Annotated[SecretStr | None, AfterValidator(_app_token)] = None
    slack_members: Literal["viewer", "analyst"] = "viewer"
    pagerduty_routing_key: SecretStr | None = None
    pagerduty_events_url: Annotated[str, Field(pattern="^https?://")] = (
        "https://events.pagerduty.com/v2/enqueue"
    )
    pagerduty_webhook_secret: SecretStr | None = None
    watchdog_url: HttpAddress | None = None
    opsgenie_api_key: SecretStr | None = None
    opsgenie_webhook_secret: PagerSecret = None
    opsgenie_url: Annotated[str, Field(pattern="^https?://")] = "https://api.opsgenie.com"
    apprise_urls: Annotated[SecretStr | None, AfterValidator(_apprise_urls)] = None
    cap_sender: Annotated[str, Field(pattern=r"^[^\s,<&]{1,200}$")] | None = None
    webhook_url: HttpAddress | None = None
    webhook_secret: Annotated[SecretStr | None, Field(validate_default=True)] = None
    routes_file: Path | None = None
    api_tokens_file: Path | None = None
    api_proxies: str = ""
    api_connections: Annotated[int, Field(ge=1, le=1000)] = 64
    receiver_timeout_seconds: Annotated[int, Field(ge=1, le=60)] = 10

    @field_validator(
        "slack_token",
        "slack_duty_channel",
        "slack_digest_channel",
        "slack_signing_secret",
        "slack_app_token",
        "pagerduty_routing_key",
        "pagerduty_webhook_secret",
        "opsgenie_api_key",
        "opsgenie_webhook_secret",
        "apprise_urls",
        "cap_sender",
        "watchdog_url",
        "webhook_url",
        "webhook_secret",
        "routes_file",
        "api_tokens_file",
        mode="before",
    )
    @classmethod
    def _empty_is_none(cls, value: Any) -> Any:
        return value or None

    @field_validator("webhook_secret")
    @classmethod
    def _signs_a_webhook(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        length = 0 if value is None else len(value.get_secret_value())
        if info.data.get("webhook_url") is not None and length < SHORTEST_SECRET:
            raise ValueError(
                f"VEDETTE_WEBHOOK_URL needs a secret of {SHORTEST_SECRET} characters or more"
            )
        return value

    @field_validator("api_proxies")
    @classmethod
    def _are_networks(cls, value: str) -> str:
        parse_networks(value)
        return value


def parse_networks(written: str) -> tuple[Network, ...]:
    """Networks such as `10.0.0.0/8,fd00::/8`, or single addresses.

    Raises ValueError.
    """
    return tuple(ip_network(each.strip()) for each in written.split(",") if each.strip())
