"""Entry: what the notification log holds about one alert at one receiver."""

from datetime import datetime, timedelta

from schemas.alert import Alert, Status
from schemas.model import Instant, Model

KEPT_AFTER_END = timedelta(days=30)


class Sending(Model):
    """Written ahead of every send: an answer to `revision` is or was awaited.

    Before `settles_at` the receiver may still be at work on it, so not to find it proves nothing.
    """

    revision: int
    since: Instant
    settles_at: Instant


class Entry(Model):
    """The log entry; without `status` nothing is known to have been sent.

    `revision` is the highest one dealt with: sent, or rightly passed over. `standing` is that of
    what was sent last, None where it is not known.
    """

    revision: int = 0
    status: Status | None = None
    standing: str | None = None
    handle: str | None = None
    sent_at: Instant | None = None
    possible_repeat: bool = False
    sending: Sending | None = None

    @property
    def may_be_open(self) -> bool:
        """Whether the receiver shows the alert as firing, as far as we can know."""
        return self.status is Status.FIRING or self.sending is not None


def standing(alert: Alert) -> str:
    """All of a revision that people must hear of at once: what differs beside it is evidence."""
    flags = (alert.uncorroborated, alert.late, alert.backfill, alert.exercise)
    marks = "".join("1" if flag else "0" for flag in flags)
    return " ".join([alert.status, alert.level, marks, *sorted(alert.hypotheses)])


def has_ended(alert: Alert) -> bool:
    """Resolved or withdrawn."""
    return alert.status is not Status.FIRING


def announced(entry: Entry, revision: int, now: datetime, hold: timedelta) -> Entry:
    """Before `revision` is sent: the outcome is in doubt for `hold`."""
    return entry.model_copy(
        update={"sending": Sending(revision=revision, since=now, settles_at=now + hold)}
    )


def sent(entry: Entry, alert: Alert, handle: str, now: datetime, *, repeat: bool) -> Entry:
    """After the receiver took `alert` as it is shown there."""
    return Entry(
        revision=alert.revision,
        status=alert.status,
        standing=standing(alert),
        handle=handle,
        sent_at=now,
        possible_repeat=entry.possible_repeat or repeat,
    )


def adopted(entry: Entry, revision: int, handle: str) -> Entry:
    """After a message of an unknown outcome was found: it is ours, whatever it shows."""
    return Entry(
        revision=revision,
        status=Status.FIRING,
        handle=handle,
        sent_at=entry.sending.since if entry.sending else None,
        possible_repeat=entry.possible_repeat,
    )


def passed_over(entry: Entry, alert: Alert) -> Entry:
    """After a revision that the receiver need not hear of: no older one is sent any more."""
    return entry.model_copy(update={"revision": alert.revision})


def unsent(entry: Entry) -> Entry:
    """After a send that certainly did not happen."""
    return entry.model_copy(update={"sending": None})


def without_message(entry: Entry) -> Entry:
    """After the message was lost: the next one is a first one."""
    return Entry(revision=entry.revision)
