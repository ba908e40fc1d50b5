"""Opsgenie as a receiver, by its Alert API. Legacy: Atlassian ends that API in April 2027."""

import httpx
from pydantic import SecretStr

from schemas.ledger import Sending
from services.notifier.adapters.http_status import asking, classify_answer
from services.notifier.adapters.reach import reach
from services.notifier.domain.decisions import FoundMessage
from services.notifier.domain.errors import ReceiverDown, UnreadableHistory
from services.notifier.domain.opsgenie_message import build_requests
from services.notifier.domain.ports import Notice
from services.notifier.domain.routing.receiver_names import OPSGENIE
from services.notifier.domain.traits import ReceiverTraits
from services.tracing import request_headers

ENDS = "Opsgenie's API ends in April 2027: move to another pager before"
ALERTS = "/v2/alerts"
ACCEPTED = "Request will be processed"
SERVICE = "Opsgenie"


class OpsgenieReceiver:
    """Implements Receiver: the alert's id is the alias, so that a repeat is harmless.

    Of an answer no words are quoted: they might have the key.
    """

    traits = ReceiverTraits.of_pager(OPSGENIE)

    def __init__(self, key: SecretStr, url: str, timeout: float) -> None:
        self._url = url.rstrip("/")
        self._key = key
        self._http = httpx.Client(timeout=timeout, auth=self._sign, follow_redirects=False)

    def _sign(self, request: httpx.Request) -> httpx.Request:
        request.headers["Authorization"] = f"GenieKey {self._key.get_secret_value()}"
        request.headers.update(request_headers())
        return request

    def send(self, notice: Notice) -> str:
        """Open, acknowledge or close; the handle is the alias."""
        for request in build_requests(notice):
            url = f"{self._url}{ALERTS}{request.path}"
            with asking(SERVICE):
                answer = self._http.request(request.method, url, json=request.body)
            _check_answer(answer)
        return notice.alert.id

    def edit(self, handle: str, notice: Notice) -> str:
        """The same as `send`: the alias says which alert it is."""
        del handle
        return self.send(notice)

    def find(self, alert_id: str, sending: Sending) -> FoundMessage | None:
        """Refused: requests are processed later, so an absence proves nothing."""
        raise UnreadableHistory(f"{SERVICE} processes later ({alert_id}, {sending.revision})")

    def check(self) -> None:
        """Whether it is reached: a key that only sends may not read."""
        reach(SERVICE, self._http, self._url)

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()


def _check_answer(answer: httpx.Response) -> None:
    if not answer.is_success:
        raise classify_answer(SERVICE, answer)
    try:
        body = answer.json()
    except ValueError:
        body = None
    if not isinstance(body, dict) or body.get("result") != ACCEPTED:
        raise ReceiverDown(f"{answer.status_code} without {SERVICE}'s own answer")
