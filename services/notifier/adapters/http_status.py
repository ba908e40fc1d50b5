"""What the status of an answer means for a request, at every receiver alike."""

from datetime import timedelta

from services.notifier.domain.errors import (
    PermanentRefusal,
    RateLimited,
    ReceiverDown,
    UnknownOutcome,
)

REQUEST_TIMEOUT = 408
TOO_MANY = 429
SERVER_ERROR = 500
GATEWAY_TIMEOUT = 504
OF_MESSAGE = frozenset({400, 413, 422})
"""Answers about this message alone."""

AnsweredError = UnknownOutcome | RateLimited | PermanentRefusal | ReceiverDown


def classify_status(
    service: str, status: int, retry_after: timedelta | None = None
) -> AnsweredError:
    """What a status that is no success means; `retry_after`: how long the service asks to wait."""
    if status == TOO_MANY:
        return RateLimited("rate limited (429)", retry_after)
    unknown = read_unknown_outcome(service, status)
    if unknown is not None:
        return unknown
    if status in OF_MESSAGE:
        return PermanentRefusal(f"{service} refuses the message: {status}")
    return ReceiverDown(f"{service} answers {status}")


def read_unknown_outcome(service: str, status: int) -> UnknownOutcome | None:
    """What a server's fault means; None for other statuses.

    A gateway that gave up waiting leaves the request under way.
    """
    if status < SERVER_ERROR and status != REQUEST_TIMEOUT:
        return None
    settled = status not in (GATEWAY_TIMEOUT, REQUEST_TIMEOUT)
    return UnknownOutcome(f"{service} answers {status}", settled=settled)
