"""What a receiver's log has, and revisions that come then: for the tables of decisions."""

from datetime import timedelta
from typing import Any

from schemas.alert import Alert, Level, Status
from schemas.ledger import Entry
from services.notifier.domain.decisions import Decision
from services.notifier.domain.entry import notified_content
from services.notifier.domain.traits import ReceiverTraits
from tests.notifier.alerts import NOON, SECOND, alert, evidence

SLACK = ReceiverTraits("slack")
PAGER = ReceiverTraits("pagerduty", least=Level.HIGH, pages=True, replays=False, idempotent=True)
LONG_AGO = NOON - timedelta(minutes=1)
RESOLVED: dict[str, Any] = {"status": Status.RESOLVED}
WITHDRAWN: dict[str, Any] = {"status": Status.WITHDRAWN}
MEDIUM: dict[str, Any] = {"level": Level.MEDIUM}
MORE: dict[str, Any] = {
    "evidence": (evidence(1), evidence(2)),
    "evidence_count": 2,
    "summary": "4 proxies",
}

Case = tuple[Entry, Alert, ReceiverTraits, Decision]
"""What the log has, the revision that comes, at which receiver, and what to do then."""


def sent_entry(revision: int = 1, **changes: Any) -> Entry:
    """The log after `revision` was sent a minute ago."""
    sent = alert(revision=revision, **changes)
    return Entry(
        revision=revision,
        status=sent.status,
        notified_content=notified_content(sent),
        handle="h",
        sent_at=LONG_AGO,
    )


def just_sent() -> Entry:
    return sent_entry().model_copy(update={"sent_at": NOON - 3 * SECOND})


def closed_entry(revision: int = 2) -> Entry:
    return sent_entry(revision, status=Status.RESOLVED)
