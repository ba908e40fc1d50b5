"""Whether the sender of a hook signed what it sent."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence

from services.ingest.domain.sources.pushed_sources import SignatureCheck
from services.slack_signature import is_fresh, is_signed

SLACK_TIME = "x-slack-request-timestamp"
SLACK_SIGNATURE = "x-slack-signature"


def sign_body(secret: str, body: bytes) -> str:
    """The hex HMAC-SHA256 of the body."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def may_be_signed(check: SignatureCheck, headers: Mapping[str, str], now: float) -> bool:
    """Whether there is a signature to check, and of Slack's a time of the last five minutes.

    `headers` in lower case; `now` in seconds since 1970. Needs no body.
    """
    if check.scheme == "slack":
        return SLACK_SIGNATURE in headers and is_fresh(headers.get(SLACK_TIME, ""), now)
    return headers.get(check.header.lower(), "").startswith(check.prefix)


def is_signed_by(
    check: SignatureCheck, secrets: Sequence[str], headers: Mapping[str, str], body: bytes
) -> bool:
    """Whether one of the secrets signed the body; linear in its length."""
    # not any(): every secret takes its time
    return True in [_is_signed(check, secret, headers, body) for secret in secrets]


def _is_signed(check: SignatureCheck, secret: str, headers: Mapping[str, str], body: bytes) -> bool:
    if check.scheme == "slack":
        return is_signed(
            secret, headers.get(SLACK_TIME, ""), body, headers.get(SLACK_SIGNATURE, "")
        )
    given = headers.get(check.header.lower(), "").removeprefix(check.prefix)
    expected = sign_body(secret, body)
    return hmac.compare_digest(expected.encode(), given.lower().encode(errors="replace"))
