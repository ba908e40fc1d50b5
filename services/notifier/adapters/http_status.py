"""Statuses after which nobody knows whether a request took effect, at every receiver alike."""

from services.notifier.domain.errors import UnknownOutcome

REQUEST_TIMEOUT = 408
SERVER_ERROR = 500
GATEWAY_TIMEOUT = 504


def read_unknown_outcome(service: str, status: int) -> UnknownOutcome | None:
    """What a server's fault means; None for other statuses.

    A gateway that gave up waiting leaves the request under way.
    """
    if status < SERVER_ERROR and status != REQUEST_TIMEOUT:
        return None
    settled = status not in (GATEWAY_TIMEOUT, REQUEST_TIMEOUT)
    return UnknownOutcome(f"{service} answers {status}", settled=settled)
