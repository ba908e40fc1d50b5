"""Ledger: one line per act on an alert."""

from enum import StrEnum

from schemas.model import Instant, Model


class Act(StrEnum):
    """What was done."""

    NOTIFIED = "notified"
    FAILED = "failed"
    ACKNOWLEDGED = "acknowledged"
    SILENCED = "silenced"
    RESOLVED = "resolved"


class LedgerLine(Model):
    """One act on one revision of one alert, and why."""

    at: Instant
    act: Act
    fingerprint: str
    alert: str
    revision: int
    receiver: str | None = None
    reason: str
