"""What an answer, or none, means for a request, at every receiver alike."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import httpx

from services.notifier.adapters.retry_after import read_retry_after
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

NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
)

AnsweredError = UnknownOutcome | RateLimited | PermanentRefusal | ReceiverDown


@contextmanager
def asking(service: str) -> Iterator[None]:
    """While the service is asked: ReceiverDown where the request never left, or UnknownOutcome."""
    try:
        yield
    except NEVER_SENT as error:
        reason = f"{service} cannot be reached: {type(error).__name__}"
        raise ReceiverDown(reason, is_refusal=False) from None
    except httpx.HTTPError as error:
        raise UnknownOutcome(f"no answer from {service}: {type(error).__name__}") from None


def classify_answer(service: str, answer: httpx.Response) -> AnsweredError:
    """What an answer that is no success means."""
    asked = read_retry_after(answer.headers.get("Retry-After"), datetime.now(UTC))
    return classify_status(service, answer.status_code, asked)


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
