"""The receivers that the settings configure."""

from pydantic import SecretStr
from rich.console import Console

from services.notifier.adapters.apprise_receiver import AppriseReceiver
from services.notifier.adapters.console import ConsoleReceiver
from services.notifier.adapters.opsgenie import ENDS, OpsgenieReceiver
from services.notifier.adapters.pagerduty import PagerDutyReceiver
from services.notifier.adapters.slack import SlackReceiver
from services.notifier.adapters.slack_web import SlackApi
from services.notifier.adapters.webhook import WebhookReceiver
from services.notifier.domain.ports import Receiver
from services.notifier.domain.routing.receiver_names import (
    APPRISE,
    CHANNEL,
    DIGEST_CHANNEL,
    DUTY_CHANNEL,
)
from services.notifier.domain.traits import BackfillPolicy, ReceiverTraits
from services.notifier.settings import NotifierSettings
from services.telemetry import logger

log = logger(__name__)


class InvalidReceiver(Exception):
    """A receiver cannot be made of its settings; the text has no secret."""


def make_receivers(settings: NotifierSettings) -> list[Receiver]:
    """Slack's channels, or the console without a token; pagers and others if they are set.

    Raises InvalidReceiver.
    """
    receivers = _make_channels(settings)
    key = settings.pagerduty_routing_key
    if key is not None:
        url, timeout = settings.pagerduty_events_url, settings.receiver_timeout_seconds
        receivers.append(PagerDutyReceiver(key, url, timeout))
    receivers += _make_others(settings)
    address, secret = settings.webhook_url, settings.webhook_secret
    if address is not None and secret is not None:
        receivers.append(WebhookReceiver(address, secret, settings.receiver_timeout_seconds))
    return receivers


def _make_others(settings: NotifierSettings) -> list[Receiver]:
    """Opsgenie, and what apprise knows.

    Raises InvalidReceiver.
    """
    timeout, receivers = settings.receiver_timeout_seconds, list[Receiver]()
    key = settings.opsgenie_api_key
    if key is not None:
        log.warning(ENDS)
        receivers.append(OpsgenieReceiver(key, settings.opsgenie_url, timeout))
    addresses = (settings.apprise_urls or SecretStr("")).get_secret_value().split()
    for name, address in zip(APPRISE, addresses, strict=False):
        try:
            receivers.append(AppriseReceiver(address, name, timeout))
        except ValueError as error:
            raise InvalidReceiver(f"VEDETTE_APPRISE_URLS: the address of {name} {error}") from None
    return receivers


def list_channels(settings: NotifierSettings) -> dict[str, ReceiverTraits]:
    """Slack's channels with their traits: one for everything, unless others are named."""
    watch, duty = settings.slack_channel, settings.slack_duty_channel
    digest = settings.slack_digest_channel
    has_digest = digest not in (None, watch, duty)
    history = BackfillPolicy.LEFT_OUT if has_digest else BackfillPolicy.TOO
    channels = {watch: ReceiverTraits(CHANNEL, history=history)}
    if duty is not None:
        channels.setdefault(duty, ReceiverTraits(DUTY_CHANNEL))
    if digest is not None:
        channels.setdefault(digest, ReceiverTraits(DIGEST_CHANNEL, history=BackfillPolicy.ALONE))
    return channels


def _make_channels(settings: NotifierSettings) -> list[Receiver]:
    if settings.slack_token is None:
        return [ConsoleReceiver(Console())]
    api = make_slack_api(settings)
    return [
        SlackReceiver(api, channel, traits) for channel, traits in list_channels(settings).items()
    ]


def make_slack_api(settings: NotifierSettings) -> SlackApi:
    """How Slack's Web API is called."""
    token, url = settings.slack_token or SecretStr(""), settings.slack_api_url
    has_buttons = (settings.slack_signing_secret or settings.slack_app_token) is not None
    return SlackApi(token, url, settings.receiver_timeout_seconds, has_buttons)
