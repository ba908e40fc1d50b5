"""Why nothing was fetched."""

from enum import StrEnum


class FailureReason(StrEnum):
    """What a failed fetch is counted as."""

    ADDRESS = "address"
    URL = "url"
    REDIRECTS = "redirects"
    STATUS = "status"
    TOO_LARGE = "too_large"
    ENCODING = "encoding"
    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    CREDENTIAL = "credential"
    DOCTYPE = "doctype"
    UNREADABLE = "unreadable"
    TOO_COSTLY = "too_costly"


class FetchFailed(Exception):
    """Nothing can be used of what was asked for; the message says why, and the way out.

    `wait`: seconds for which the server asked not to be asked again, if it did. `status` is that of
    its answer, where it is one that has no page.
    """

    def __init__(
        self,
        reason: FailureReason,
        message: str,
        wait: float | None = None,
        status: int | None = None,
    ) -> None:
        super().__init__(message)
        self.reason = reason
        self.wait = wait
        self.status = status
