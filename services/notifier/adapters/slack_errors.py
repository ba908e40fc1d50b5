"""What Slack's refusals and silences mean for us."""

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

Meaning = RetryableError | UnknownOutcome | PermanentRefusal


def meaning(response: SlackResponse) -> Meaning:
    """What an answer that is not `ok` says about the request."""
    status, error = response.status_code, str(response.get("error") or "no_reason_given")
    if status == TOO_MANY or error in RATE_LIMITS:
        return RetryableError(f"rate limited ({status})", retry_after(response.headers))
    if status != OK:
        return _of_status(status)
    if error in TRANSIENT:
        return RetryableError(error)
    if error in BROKEN:
        return UnknownOutcome(error, settled=True)
    if not WORD.fullmatch(error):
        return UnknownOutcome("Slack's answer cannot be read")
    return PermanentRefusal(_with_needs(error, response))


def _of_status(status: int) -> Meaning:
    if status >= SERVER_ERROR or status == REQUEST_TIMEOUT:
        done = status not in (GATEWAY_TIMEOUT, REQUEST_TIMEOUT)
        return UnknownOutcome(f"Slack answers {status}", settled=done)
    return PermanentRefusal(f"Slack answers {status}")


def _with_needs(error: str, response: SlackResponse) -> str:
    needed = response.get("needed")
    return f"{error}: the token needs {needed}" if needed else error


def of_connection(error: Exception) -> Meaning:
    """What a broken connection says: only one that never stood means that nothing was sent."""
    reason = error.reason if isinstance(error, URLError) else error
    never_stood = (ConnectionRefusedError, socket.gaierror, ssl.SSLCertVerificationError)
    if isinstance(reason, never_stood):
        return RetryableError(f"Slack cannot be reached: {type(reason).__name__}")
    return UnknownOutcome(f"no answer from Slack: {type(reason).__name__}")


def retry_after(headers: dict[str, str]) -> timedelta | None:
    """The header `Retry-After` in whole seconds, or None."""
    lowered = {name.lower(): value for name, value in headers.items()}
    given = str(lowered.get("retry-after", ""))
    return timedelta(seconds=int(given)) if given.isdecimal() else None
