"""PagerDuty as a receiver, by the Events API v2.

PagerDuty's own client sleeps through rate limits and hides `Retry-After`, while our queue has
to do the waiting: hence plain HTTP.
"""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx

from schemas.alert import Level
from schemas.ledger import Sending
from services.notifier.domain.decide import FoundMessage, ReceiverTraits
from services.notifier.domain.errors import (
    PermanentRefusal,
    RetryableError,
    UnknownOutcome,
    UnreadableHistory,
)
from services.notifier.domain.page import event
from services.notifier.domain.ports import Notice

NAME = "pagerduty"
ENQUEUE = "/v2/enqueue"
LONGEST_WORDS = 300
NEVER_STOOD = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class PagerDutyReceiver:
    """Implements Receiver: the alert's id is the `dedup_key`, so that a repeat is harmless."""

    traits = ReceiverTraits(NAME, least=Level.HIGH, pages=True, replays=False, idempotent=True)

    def __init__(self, routing_key: str, events_url: str, timeout: float) -> None:
        self._key = routing_key
        self._url = enqueue_url(events_url)
        self._http = httpx.Client(timeout=timeout)

    def send(self, notice: Notice) -> str:
        """Trigger or resolve; the handle is the `dedup_key`."""
        body = {"routing_key": self._key, **event(notice)}
        try:
            answer = self._http.post(self._url, json=body)
        except NEVER_STOOD as error:
            raise RetryableError(f"PagerDuty cannot be reached: {type(error).__name__}") from None
        except httpx.HTTPError as error:
            raise UnknownOutcome(f"no answer from PagerDuty: {type(error).__name__}") from None
        self._check(answer)
        return notice.alert.id

    def edit(self, handle: str, notice: Notice) -> str:
        """The same as `send`: PagerDuty knows the incident by its key, which is the alert's id."""
        del handle
        return self.send(notice)

    def find(self, alert_id: str, sending: Sending) -> FoundMessage | None:
        """The Events API tells nothing, and need not: a repeat is harmless."""
        raise UnreadableHistory(
            f"{NAME} does not tell what it holds ({alert_id}, {sending.revision})"
        )

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()

    def _check(self, answer: httpx.Response) -> None:
        status = answer.status_code
        if answer.is_success:
            return
        if status == httpx.codes.TOO_MANY_REQUESTS:
            raise RetryableError("rate limited (429)", _retry_after(answer))
        if status >= httpx.codes.INTERNAL_SERVER_ERROR or status == httpx.codes.REQUEST_TIMEOUT:
            done = status not in (httpx.codes.GATEWAY_TIMEOUT, httpx.codes.REQUEST_TIMEOUT)
            raise UnknownOutcome(f"PagerDuty answers {status}", settled=done)
        raise PermanentRefusal(f"{status}: {self._words(answer)}")

    def _words(self, answer: httpx.Response) -> str:
        # an answer may quote the request, and with it the key
        return answer.text.replace(self._key, "…")[:LONGEST_WORDS]


def enqueue_url(given: str) -> str:
    """The full address; a bare host gets the path of the Events API v2."""
    path = urlsplit(given).path.rstrip("/")
    base = given.rstrip("/")
    if path.endswith("/enqueue"):
        return base
    return base.removesuffix("/v2") + ENQUEUE


def _retry_after(answer: httpx.Response) -> timedelta | None:
    given: Any = answer.headers.get("Retry-After", "")
    return timedelta(seconds=int(given)) if given.isdecimal() else None
