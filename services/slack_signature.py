"""Whether a request was made by Slack, just now."""

import hashlib
import hmac
import re

LONGEST_AGE = 300
"""Seconds that the time of a request may differ from ours; an older one is a replay."""
TIME = re.compile(r"[0-9]{1,12}", re.ASCII)


def is_fresh(timestamp: str, now: float) -> bool:
    """Whether the time, in seconds, is one of the last or next five minutes."""
    return TIME.fullmatch(timestamp) is not None and abs(now - int(timestamp)) <= LONGEST_AGE


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """The signature that Slack gives a body at that time."""
    signed = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def is_signed(secret: str, timestamp: str, body: bytes, signature: str) -> bool:
    """Whether the signature is Slack's; takes equally long for every wrong one."""
    expected = sign(secret, timestamp, body)
    return hmac.compare_digest(expected.encode(), signature.encode(errors="replace"))
