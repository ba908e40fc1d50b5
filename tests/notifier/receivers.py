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
PATIENT = 10
"""Seconds within which a stand-in answers, on a busy machine too."""
HASTY = 1
"""Seconds after which a stand-in that hangs is given up."""


def api_at(url: str, timeout: int = PATIENT, *, has_buttons: bool = False) -> SlackApi:
    return SlackApi(SecretStr(SECRET), f"{url}/api/", timeout, has_buttons)


def slack_at(
    url: str, timeout: int = PATIENT, *, channel: str = "#alerts", has_buttons: bool = False
) -> SlackReceiver:
    return SlackReceiver(api_at(url, timeout, has_buttons=has_buttons), channel)


def pager_at(url: str, timeout: int = PATIENT) -> PagerDutyReceiver:
    return PagerDutyReceiver(SecretStr(SECRET), url, timeout)


def webhook_at(url: str, timeout: int = PATIENT) -> WebhookReceiver:
    return WebhookReceiver(SecretStr(f"{url}/{HOOK}"), SecretStr(SECRET), timeout)


def opsgenie_at(url: str, timeout: int = PATIENT) -> OpsgenieReceiver:
    return OpsgenieReceiver(SecretStr(SECRET), url, timeout)


def apprise_at(url: str, timeout: float = PATIENT) -> AppriseReceiver:
    address = url.removeprefix("http://")
    return AppriseReceiver(f"json://{address}/{INBOX}?+key={SECRET}", "apprise", timeout)


def close_receiver(receiver: Receiver) -> None:
    if isinstance(receiver, PagerDutyReceiver | WebhookReceiver | OpsgenieReceiver):
        receiver.close()


def doubt(at: float) -> Sending:
    """A send that began at that time."""
    since = datetime.fromtimestamp(at, UTC)
    return Sending(revision=1, since=since, settles_at=since + timedelta(seconds=30))
