"""Receivers on stand-ins, as their tests need them."""

from datetime import UTC, datetime, timedelta

from pydantic import SecretStr

from schemas.ledger import Sending
from services.notifier.adapters.apprise_receiver import AppriseReceiver
from services.notifier.adapters.opsgenie import OpsgenieReceiver
from services.notifier.adapters.pagerduty import PagerDutyReceiver
from services.notifier.adapters.slack import SlackReceiver
from services.notifier.adapters.slack_web import SlackApi
from services.notifier.adapters.webhook import WebhookReceiver
from services.notifier.domain.ports import Notice, Receiver
from tests.notifier.alerts import alert
from tests.standins.inbox import INBOX
from tests.standins.webhook import HOOK

SECRET = "xoxb-very-secret"  # noqa: S105  (a secret only by its name)
NOTICE = Notice(alert())


def api_at(url: str, *, has_buttons: bool = False) -> SlackApi:
    return SlackApi(SecretStr(SECRET), f"{url}/api/", 1, has_buttons)


def slack_at(url: str, channel: str = "#alerts", *, has_buttons: bool = False) -> SlackReceiver:
    return SlackReceiver(api_at(url, has_buttons=has_buttons), channel)


def pager_at(url: str) -> PagerDutyReceiver:
    return PagerDutyReceiver(SecretStr(SECRET), url, timeout=1)


def webhook_at(url: str) -> WebhookReceiver:
    return WebhookReceiver(SecretStr(f"{url}/{HOOK}"), SecretStr(SECRET), timeout=1)


def opsgenie_at(url: str) -> OpsgenieReceiver:
    return OpsgenieReceiver(SecretStr(SECRET), url, timeout=1)


def apprise_at(url: str) -> AppriseReceiver:
    address = url.removeprefix("http://")
    return AppriseReceiver(f"json://{address}/{INBOX}?+key={SECRET}", "apprise", timeout=1)


def close_receiver(receiver: Receiver) -> None:
    if isinstance(receiver, PagerDutyReceiver | WebhookReceiver | OpsgenieReceiver):
        receiver.close()


def doubt(at: float) -> Sending:
    """A send that began at that time."""
    since = datetime.fromtimestamp(at, UTC)
    return Sending(revision=1, since=since, settles_at=since + timedelta(seconds=30))
