"""Any service as a receiver: alerts are posted to its address as signed JSON."""

import hashlib
import hmac
import time
from collections.abc import Callable

import httpx
from pydantic import SecretStr

from schemas.ledger import Sending
from services.notifier.adapters.http_status import asking, classify_answer
from services.notifier.adapters.reach import reach
from services.notifier.domain.decisions import FoundMessage
from services.notifier.domain.errors import ReceiverDown, UnreadableHistory
from services.notifier.domain.ports import Notice
from services.notifier.domain.routing.receiver_names import WEBHOOK
from services.notifier.domain.traits import ReceiverTraits
from services.notifier.domain.webhook_message import build_body, make_key
from services.tracing import request_headers

SERVICE = "the webhook"
VERSION = "v1"


class WebhookReceiver:
    """Implements Receiver: one request for each message, with a key by which repeats are known.

    Of an answer only status and headers are read, so that no error quotes what it echoes.
    """

    traits = ReceiverTraits(WEBHOOK, replays=False, idempotent=True, groups=False)

    def __init__(
        self,
        url: SecretStr,
        secret: SecretStr,
        timeout: float,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._url = url
        self._secret = secret
        self._clock = clock
        self._http = httpx.Client(timeout=timeout, follow_redirects=False)

    def send(self, notice: Notice) -> str:
        """Post the alert; the handle is its id."""
        body = build_body(notice)
        headers = self._sign(body) | {
            **request_headers(),
            "Content-Type": "application/json",
            "Idempotency-Key": make_key(notice),
        }
        url = self._url.get_secret_value()
        with (
            asking(SERVICE),
            self._http.stream("POST", url, content=body, headers=headers) as answer,
        ):
            _check_answer(answer)
        return notice.alert.id

    def edit(self, handle: str, notice: Notice) -> str:
        """The same as `send`: the alert's id says what is replaced."""
        del handle
        return self.send(notice)

    def find(self, alert_id: str, sending: Sending) -> FoundMessage | None:
        """Refused: it cannot be asked. A repeat has the same key."""
        raise UnreadableHistory(f"{WEBHOOK} shows no messages ({alert_id}, {sending.revision})")

    def check(self) -> None:
        """Whether it is reached: it cannot be asked for more without a message."""
        reach(SERVICE, self._http, self._url.get_secret_value())

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()

    def _sign(self, body: bytes) -> dict[str, str]:
        timestamp = str(int(self._clock()))
        signature = sign_webhook(self._secret.get_secret_value(), timestamp, body)
        return {"X-Vedette-Timestamp": timestamp, "X-Vedette-Signature": signature}


def sign_webhook(secret: str, timestamp: str, body: bytes) -> str:
    """`v1=` and the HMAC-SHA256, in hex, of the timestamp, a full stop and the body."""
    signed = f"{timestamp}.".encode() + body
    return f"{VERSION}={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}"


def _check_answer(answer: httpx.Response) -> None:
    if answer.is_success:
        _check_type(answer)
        return
    raise classify_answer(SERVICE, answer)


def _check_type(answer: httpx.Response) -> None:
    """A portal answers 200 too, with a page for people."""
    if "html" in answer.headers.get("Content-Type", "").lower():
        raise ReceiverDown(f"{answer.status_code} with a web page: not the webhook's answer")
