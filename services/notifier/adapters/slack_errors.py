"""Slack's error answers and broken connections as the errors of the Receiver port."""

import re
import socket
import ssl
from datetime import datetime
from urllib.error import URLError

from slack_sdk.web import SlackResponse

from services.notifier.adapters.http_status import read_unknown_outcome
from services.notifier.adapters.retry_after import read_retry_after
from services.notifier.domain.errors import (
    PermanentRefusal,
    RateLimited,
    ReceiverDown,
    RetryableError,
    UnknownOutcome,
)
from services.notifier.domain.urgency import Lane

RATE_LIMITS = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
LANES = {"chat.postMessage": Lane.POST, "chat.update": Lane.EDIT}
"""Slack limits each method apart."""
# "some aspect of the operation may have succeeded before the error", as Slack says of them
BROKEN = frozenset({"internal_error", "fatal_error", "service_unavailable"})
OF_MESSAGE = frozenset(
    {
        "attachment_payload_limit_exceeded",
        "block_mismatch",
        "cant_update_message",
        "edit_window_closed",
        "invalid_arguments",
        "invalid_array_arg",
        "invalid_blocks",
        "invalid_blocks_format",
        "invalid_json",
        "invalid_metadata_format",
        "invalid_metadata_schema",
        "json_not_object",
        "markdown_text_conflict",
        "message_not_found",
        "metadata_too_large",
        "msg_blocks_too_long",
        "msg_too_long",
        "no_text",
        "thread_not_found",
        "too_many_attachments",
        "too_many_contact_cards",
    }
)
OF_RECEIVER = frozenset(
    {
        "access_denied",
        "account_inactive",
        "accesslimited",
        "channel_not_found",
        "deprecated_endpoint",
        "ekm_access_denied",
        "enterprise_is_restricted",
        "invalid_auth",
        "is_archived",
        "is_inactive",
        "method_deprecated",
        "missing_scope",
        "no_permission",
        "not_allowed_token_type",
        "not_authed",
        "not_in_channel",
        "org_login_required",
        "restricted_action",
        "restricted_action_read_only_channel",
        "restricted_action_thread_only_channel",
        "team_access_not_granted",
        "team_not_found",
        "token_expired",
        "token_revoked",
        "two_factor_setup_required",
        "unknown_method",
    }
)
OF_REQUEST = frozenset({400, 413, 414, 422, 431})
WORD = re.compile(r"[a-z0-9_]{1,80}")
OK = 200
TOO_MANY = 429

ReceiverError = RetryableError | UnknownOutcome | PermanentRefusal


def classify_answer(method: str, response: SlackResponse, now: datetime) -> ReceiverError:
    """What an answer that is not `ok` means for the request.

    An error that Slack does not document is retried: it is not known whose fault it is.
    """
    status, error = response.status_code, str(response.get("error") or "no_reason_given")
    if status == TOO_MANY or error in RATE_LIMITS:
        return RateLimited(
            f"{method} is rate limited ({status})",
            read_retry_after(find_header(response, "retry-after"), now),
            LANES.get(method),
        )
    if status != OK:
        return _classify_status(status)
    return _classify_error(error, response)


def _classify_error(error: str, response: SlackResponse) -> ReceiverError:
    if error in BROKEN:
        return UnknownOutcome(error, settled=True)
    if error in OF_MESSAGE:
        return PermanentRefusal(error)
    if error in OF_RECEIVER:
        return ReceiverDown(_name_scope(error, response))
    if not WORD.fullmatch(error):
        return UnknownOutcome("Slack's answer cannot be read")
    return RetryableError(error)


def find_header(response: SlackResponse, name: str) -> str | None:
    """The value of a header, whose name is in small letters."""
    lowered = {given.lower(): value for given, value in response.headers.items()}
    value = lowered.get(name)
    return None if value is None else str(value)


def _classify_status(status: int) -> ReceiverError:
    unknown = read_unknown_outcome("Slack", status)
    if unknown is not None:
        return unknown
    if status in OF_REQUEST:
        return PermanentRefusal(f"Slack answers {status}")
    return ReceiverDown(f"Slack answers {status}")


def _name_scope(error: str, response: SlackResponse) -> str:
    needed = response.get("needed")
    return f"{error}: the token needs {needed}" if needed else error


def classify_connection_error(error: Exception) -> ReceiverError:
    """What a broken connection means: nothing was sent only if it was never established."""
    reason = error.reason if isinstance(error, URLError) else error
    never_established = (ConnectionRefusedError, socket.gaierror, ssl.SSLCertVerificationError)
    if isinstance(reason, never_established):
        return ReceiverDown(f"Slack cannot be reached: {type(reason).__name__}", is_refusal=False)
    return UnknownOutcome(f"no answer from Slack: {type(reason).__name__}")
