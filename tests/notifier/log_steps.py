"""What the suites of the notification log do with it."""

from datetime import datetime, timedelta

from schemas.alert import Alert
from schemas.ledger import Entry, Sending
from services.notifier.domain.entry import begin_sending
from services.notifier.domain.ports import Claim, NotificationLog, OutboxRecord
from tests.fakes import FakeClock
from tests.notifier.alerts import job

HOLD = timedelta(seconds=30)
RECORD = OutboxRecord("ledger", b"k", b"v", [("ce_id", b"x")])


def doubted(now: datetime) -> Entry:
    """The log while the answer to revision 1 is awaited."""
    return begin_sending(Entry(), Sending(revision=1, since=now, settles_at=now + HOLD))


def put(log: NotificationLog, clock: FakeClock, *alerts: Alert) -> None:
    """Queue them for Slack, each with an offset of its own."""
    log.put([job(revision, offset) for offset, revision in enumerate(alerts)], ["slack"], clock())


def claimed(log: NotificationLog, clock: FakeClock) -> Claim:
    """The next job of Slack's."""
    claim = log.claim("slack", clock())
    assert claim is not None
    return claim
