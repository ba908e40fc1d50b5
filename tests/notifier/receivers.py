"""Receivers on stand-ins, as their tests need them."""

from datetime import UTC, datetime, timedelta

from schemas.ledger import Sending
from services.notifier.adapters.pagerduty import PagerDutyReceiver
from services.notifier.adapters.slack import SlackReceiver
from services.notifier.adapters.slack_web import SlackApi
from services.notifier.adapters.webhook import WebhookReceiver
from services.notifier.domain.ports import Notice, Receiver
from tests.notifier.alerts import alert
from tests.standins.webhook import HOOK

SECRET = "xoxb-very-secret"  # noqa: S105  (a secret only by its name)
NOTICE = Notice(alert())


def api_at(url: str, *, has_buttons: bool = False) -> SlackApi:
    return SlackApi(SECRET, f"{url}/api/", 1, has_buttons)


def slack_at(url: str, channel: str = "#alerts", *, has_buttons: bool = False) -> SlackReceiver:
    return SlackReceiver(api_at(url, has_buttons=has_buttons), channel)


def pager_at(url: str) -> PagerDutyReceiver:
    return PagerDutyReceiver(SECRET, url, timeout=1)


def webhook_at(url: str) -> WebhookReceiver:
    return WebhookReceiver(f"{url}/{HOOK}", SECRET, timeout=1)


def close_receiver(receiver: Receiver) -> None:
    if isinstance(receiver, PagerDutyReceiver | WebhookReceiver):
        receiver.close()


def doubt(at: float) -> Sending:
    """A send that began at that time."""
    since = datetime.fromtimestamp(at, UTC)
    return Sending(revision=1, since=since, settles_at=since + timedelta(seconds=30))
