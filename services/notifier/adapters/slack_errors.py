"""Slack's error answers and broken connections as the errors of the Receiver port."""

import re
import socket
import ssl
from datetime import timedelta
from urllib.error import URLError

from slack_sdk.web import SlackResponse

from services.notifier.domain.errors import PermanentRefusal, RetryableError, UnknownOutcome

RATE_LIMITS = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
TRANSIENT = frozenset({"request_timeout", "team_added_to_org"})
# "some aspect of the operation may have succeeded before the error", as Slack says of them
BROKEN = frozenset({"internal_error", "fatal_error", "service_unavailable"})
WORD = re.compile(r"[a-z0-9_]{1,80}")
OK = 200
TOO_MANY = 429
REQUEST_TIMEOUT = 408
SERVER_ERROR = 500
GATEWAY_TIMEOUT = 504

ReceiverError = RetryableError | UnknownOutcome | PermanentRefusal


def classify_answer(response: SlackResponse) -> ReceiverError:
    """What an answer that is not `ok` means for the request."""
    status, error = response.status_code, str(response.get("error") or "no_reason_given")
    if status == TOO_MANY or error in RATE_LIMITS:
        return RetryableError(f"rate limited ({status})", read_retry_after(response.headers))
    if status != OK:
        return _classify_status(status)
    if error in TRANSIENT:
        return RetryableError(error)
    if error in BROKEN:
        return UnknownOutcome(error, settled=True)
    if not WORD.fullmatch(error):
        return UnknownOutcome("Slack's answer cannot be read")
    return PermanentRefusal(_name_scope(error, response))


def _classify_status(status: int) -> ReceiverError:
    if status >= SERVER_ERROR or status == REQUEST_TIMEOUT:
        settled = status not in (GATEWAY_TIMEOUT, REQUEST_TIMEOUT)
        return UnknownOutcome(f"Slack answers {status}", settled=settled)
    return PermanentRefusal(f"Slack answers {status}")


def _name_scope(error: str, response: SlackResponse) -> str:
    needed = response.get("needed")
    return f"{error}: the token needs {needed}" if needed else error


def classify_connection_error(error: Exception) -> ReceiverError:
    """What a broken connection means: nothing was sent only if it was never established."""
    reason = error.reason if isinstance(error, URLError) else error
    never_established = (ConnectionRefusedError, socket.gaierror, ssl.SSLCertVerificationError)
    if isinstance(reason, never_established):
        return RetryableError(f"Slack cannot be reached: {type(reason).__name__}")
    return UnknownOutcome(f"no answer from Slack: {type(reason).__name__}")


def read_retry_after(headers: dict[str, str]) -> timedelta | None:
    """The header `Retry-After` in whole seconds, or None."""
    lowered = {name.lower(): value for name, value in headers.items()}
    given = str(lowered.get("retry-after", ""))
    return timedelta(seconds=int(given)) if given.isdecimal() else None
