"""How the log's entry about one alert at one receiver changes."""

from datetime import datetime, timedelta

from schemas.alert import Alert, Status
from schemas.ledger import Entry, Sending

KEPT_AFTER_END = timedelta(days=30)


def may_be_open(entry: Entry) -> bool:
    """Whether the receiver shows the alert as firing, as far as we can know."""
    doubt = entry.sending
    return entry.status is Status.FIRING or (doubt is not None and not doubt.assumed)


def is_assumed(entry: Entry) -> bool:
    """Whether the log was lost and nothing at all is known of what was sent."""
    return entry.sending is not None and entry.sending.assumed


def notified_content(alert: Alert) -> str:
    """All of a revision that people must hear of at once: what differs beside it is evidence."""
    flags = (alert.uncorroborated, alert.late, alert.backfill, alert.exercise)
    marks = "".join("1" if flag else "0" for flag in flags)
    return " ".join([alert.status, alert.level, marks, *sorted(alert.hypotheses)])


def has_ended(alert: Alert) -> bool:
    """Resolved or withdrawn."""
    return alert.status is not Status.FIRING


def begin_sending(entry: Entry, sending: Sending) -> Entry:
    """Before a revision is sent: the outcome is in doubt."""
    return _change_entry(entry, sending=sending)


def sent(entry: Entry, alert: Alert, handle: str, now: datetime, *, repeat: bool) -> Entry:
    """After the receiver took `alert` as it is shown there."""
    return _change_entry(
        entry,
        revision=alert.revision,
        status=alert.status,
        notified_content=notified_content(alert),
        handle=handle,
        sent_at=now,
        possible_repeat=entry.possible_repeat or repeat,
        sending=None,
        unanswered=_keep_unanswered(entry, now),
    )


def adopt_message(entry: Entry, revision: int, handle: str) -> Entry:
    """After a message of an unknown outcome was found: it is ours, whatever it shows."""
    return _change_entry(
        entry,
        revision=revision,
        status=Status.FIRING,
        notified_content=None,
        handle=handle,
        sent_at=entry.sending.since if entry.sending else None,
        sending=None,
    )


def pass_over(entry: Entry, alert: Alert) -> Entry:
    """After a revision that the receiver need not hear of: no older one is sent any more."""
    return _change_entry(entry, revision=alert.revision)


def give_up(entry: Entry, alert: Alert) -> Entry:
    """After a send that certainly did not happen and is not tried again."""
    return _change_entry(entry, sending=None, given_up=max(entry.given_up, alert.revision))


def drop_message(entry: Entry) -> Entry:
    """After the message was lost: the next one is a first one."""
    return Entry(revision=entry.revision, given_up=entry.given_up, serial=entry.serial + 1)


def forget_content(entry: Entry) -> Entry:
    """After lines of the ledger may have been lost: something newer may have been sent."""
    return _change_entry(entry, notified_content=None)


def _keep_unanswered(entry: Entry, now: datetime) -> Sending | None:
    unanswered = [one for one in (entry.sending, entry.unanswered) if one and now < one.settles_at]
    return max(unanswered, key=lambda one: one.settles_at, default=None)


def _change_entry(entry: Entry, **fields: object) -> Entry:
    return entry.model_copy(update={**fields, "serial": entry.serial + 1})
