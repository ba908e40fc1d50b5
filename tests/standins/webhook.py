"""A service that takes Vedette's signed webhook, on loopback.

In a test: `with WebhookStandIn(secret) as hook: … hook.messages`. It verifies as docs/webhook.md
tells receivers to.
"""

import hashlib
import hmac
import json
import re
import time
from collections.abc import Mapping

from tests.standins.server import Call, Json, StandIn, StandInAnswer

HOOK = "hook"
LARGEST_BODY = 256 * 1024
MOST_SECONDS = 300


class WebhookStandIn(StandIn):
    """Keeps each message once, by its key."""

    def __init__(self, secret: str, port: int = 0) -> None:
        super().__init__(port)
        self.messages: dict[str, Json] = {}
        self._secret = secret

    def act(self, call: Call) -> StandInAnswer:
        if call.name != HOOK:
            return StandInAnswer(404, {"error": "not found"})
        if len(call.raw) > LARGEST_BODY:
            return StandInAnswer(413, {"error": "too large"})
        if not verify(self._secret, call.headers, call.raw, time.time()):
            return StandInAnswer(401, {"error": "bad signature"})
        with self.lock:
            self.messages.setdefault(call.headers["Idempotency-Key"], json.loads(call.raw))
        return StandInAnswer(200, {})

    def state(self) -> Json:
        with self.lock:
            return {"messages": dict(self.messages)}

    def forget(self) -> None:
        self.messages.clear()


def verify(secret: str, headers: Mapping[str, str], body: bytes, now: float) -> bool:
    """Whether the request is Vedette's, and not an old one sent again."""
    timestamp = headers.get("X-Vedette-Timestamp", "")
    if not re.fullmatch("[0-9]{1,12}", timestamp) or abs(now - int(timestamp)) > MOST_SECONDS:
        return False
    mac = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256)
    given = headers.get("X-Vedette-Signature", "")
    return hmac.compare_digest(f"v1={mac.hexdigest()}".encode(), given.encode())
