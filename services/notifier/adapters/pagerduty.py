"""PagerDuty as a receiver, by the Events API v2.

Plain HTTP, because PagerDuty's own client sleeps through rate limits and hides `Retry-After`,
while here the queue does the waiting.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx
from pydantic import SecretStr

from schemas.ledger import Sending
from services.notifier.adapters.http_status import asking, classify_answer
from services.notifier.adapters.reach import reach
from services.notifier.domain.decisions import FoundMessage
from services.notifier.domain.errors import (
    PermanentRefusal,
    RateLimited,
    ReceiverDown,
    UnknownOutcome,
    UnreadableHistory,
)
from services.notifier.domain.page import build_event
from services.notifier.domain.ports import Notice
from services.notifier.domain.routing.receiver_names import PAGER
from services.notifier.domain.traits import ReceiverTraits
from services.tracing import request_headers

SERVICE = "PagerDuty"
ENQUEUE = "/v2/enqueue"
LONGEST_ANSWER = 300


class PagerDutyReceiver:
    """Implements Receiver: the alert's id is the `dedup_key`, so that a repeat is harmless."""

    traits = ReceiverTraits.of_pager(PAGER)

    def __init__(self, routing_key: SecretStr, events_url: str, timeout: float) -> None:
        self._key = routing_key
        self._url = complete_url(events_url)
        self._http = httpx.Client(timeout=timeout)

    def send(self, notice: Notice) -> str:
        """Trigger or resolve; the handle is the `dedup_key`."""
        self._enqueue(build_event(notice))
        return notice.alert.id

    def edit(self, handle: str, notice: Notice) -> str:
        """The same as `send`: PagerDuty knows the incident by the alert's id.

        An incident cannot be let go, so one that is to wake somebody again is closed and opened.
        """
        if notice.reopens:
            self._enqueue({"event_action": "resolve", "dedup_key": handle})
        return self.send(notice)

    def _enqueue(self, event: Mapping[str, Any]) -> None:
        body = {"routing_key": self._key.get_secret_value(), **event}
        with asking(SERVICE):
            answer = self._http.post(self._url, json=body, headers=request_headers())
        self._check_answer(answer)

    def find(self, alert_id: str, sending: Sending) -> FoundMessage | None:
        """Refused: the Events API shows no incidents. A repeat is harmless."""
        raise UnreadableHistory(f"{PAGER} shows no incidents ({alert_id}, {sending.revision})")

    def check(self) -> None:
        """Whether it is reached: the Events API cannot be asked for more without an event."""
        reach(SERVICE, self._http, self._url)

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()

    def _check_answer(self, answer: httpx.Response) -> None:
        if answer.is_success:
            self._check_body(answer)
            return
        failure = classify_answer(SERVICE, answer)
        if isinstance(failure, RateLimited | UnknownOutcome):
            raise failure
        reason = f"{answer.status_code}: {self._redact_answer(answer)}"
        # what names the key is about every event
        if isinstance(failure, PermanentRefusal) and "routing_key" not in answer.text:
            raise PermanentRefusal(reason)
        raise ReceiverDown(reason)

    def _check_body(self, answer: httpx.Response) -> None:
        """A portal answers 200 too; PagerDuty's own answer says `success`."""
        try:
            body = answer.json()
        except ValueError:
            body = None
        if not isinstance(body, dict) or body.get("status") != "success":
            raise ReceiverDown(f"{answer.status_code} without {SERVICE}'s own answer")

    def _redact_answer(self, answer: httpx.Response) -> str:
        # an answer may quote the request, and with it the key
        return answer.text.replace(self._key.get_secret_value(), "…")[:LONGEST_ANSWER]


def complete_url(given: str) -> str:
    """The full address; a bare host gets the path of the Events API v2."""
    path = urlsplit(given).path.rstrip("/")
    base = given.rstrip("/")
    if path.endswith("/enqueue"):
        return base
    return base.removesuffix("/v2") + ENQUEUE
