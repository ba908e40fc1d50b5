"""The log entry about one alert at one receiver, and how each act changes it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from schemas.alert import Alert, Level, Status
from schemas.ledger import Entry, Sending
from services.notifier.domain.traits import ReceiverTraits

KEPT_AFTER_END = timedelta(days=30)


def may_be_open(entry: Entry) -> bool:
    """Whether the receiver shows the alert as firing, or may."""
    sending = entry.sending
    return entry.status is Status.FIRING or (sending is not None and not sending.assumed)


def is_assumed(entry: Entry) -> bool:
    """Whether the log was lost, and no ledger line says that anything was sent."""
    return entry.sending is not None and entry.sending.assumed


def notified_content(alert: Alert) -> str:
    """What is notified at once if it changes; otherwise revisions differ in evidence alone."""
    flags = (alert.uncorroborated, alert.suspected, alert.late, alert.backfill, alert.exercise)
    digits = "".join("1" if flag else "0" for flag in flags)
    return " ".join([alert.status, alert.level, digits, *sorted(alert.hypotheses)])


@dataclass(frozen=True, slots=True)
class NotifiedContent:
    """What `notified_content` says of level, confirmation and hypotheses."""

    level: Level
    is_uncorroborated: bool
    is_suspected: bool
    hypotheses: frozenset[str] = frozenset()


def read_content(content: str | None) -> NotifiedContent | None:
    """What `notified_content` wrote; None where it is unknown."""
    if content is None:
        return None
    _status, level, digits, *hypotheses = content.split(" ")
    return NotifiedContent(
        Level(level), digits[0] == "1", digits[1] == "1", frozenset(hypotheses) - {""}
    )


def has_ended(alert: Alert) -> bool:
    """Resolved or withdrawn."""
    return alert.status is not Status.FIRING


def is_dealt_with(entry: Entry, alert: Alert, traits: ReceiverTraits) -> bool:
    """Whether this revision needs nothing more: a newer or the same one was dealt with.

    A pager that was opened for an ended alert still has to be closed.
    """
    if alert.revision == entry.revision:
        return not (traits.pages and may_be_open(entry) and has_ended(alert))
    return alert.revision < entry.revision


def begin_sending(entry: Entry, sending: Sending) -> Entry:
    """Before a request: its outcome is unknown."""
    return _change_entry(entry, sending=sending)


def record_sent(
    entry: Entry, alert: Alert, handle: str, now: datetime, *, repeat: bool = False
) -> Entry:
    """After the receiver accepted `alert`; `repeat`: the message may repeat another."""
    return _change_entry(
        entry,
        revision=alert.revision,
        status=alert.status,
        notified_content=notified_content(alert),
        handle=handle,
        sent_at=now,
        opened_at=entry.opened_at or now,
        possible_repeat=entry.possible_repeat or repeat,
        sending=None,
        held_for=None,
        unanswered=_latest_unanswered(entry, now),
    )


def show_in_hand(entry: Entry, in_hand: str | None) -> Entry:
    """When a message is about to say who has the alert in hand."""
    return entry if entry.in_hand == in_hand else _change_entry(entry, in_hand=in_hand)


def adopt_message(entry: Entry, revision: int, handle: str) -> Entry:
    """After a lookup found our message; what it shows beyond its revision is unknown."""
    return _change_entry(
        entry,
        revision=revision,
        status=Status.FIRING,
        notified_content=None,
        handle=handle,
        sent_at=entry.sending.since if entry.sending else None,
        opened_at=entry.opened_at or (entry.sending.since if entry.sending else None),
        sending=None,
    )


def pass_over(entry: Entry, alert: Alert) -> Entry:
    """After a revision that this receiver does not get: no older one is sent any more."""
    return _change_entry(entry, revision=alert.revision)


def join_group(entry: Entry, group: str) -> Entry:
    """The entry of an alert that the message of a group shows."""
    return entry.model_copy(update={"group": group})


def hold_back(entry: Entry, reason: str) -> Entry:
    """While the alert is not notified, for this reason."""
    return _change_entry(entry, held_for=reason)


def give_up(entry: Entry, alert: Alert) -> Entry:
    """After a send that did not happen and is not retried."""
    return _change_entry(entry, sending=None, given_up=max(entry.given_up, alert.revision))


def drop_message(entry: Entry) -> Entry:
    """After the message was deleted at the receiver: the next one is a first one."""
    return Entry(revision=entry.revision, given_up=entry.given_up, serial=entry.serial + 1)


def forget_content(entry: Entry) -> Entry:
    """After ledger lines may have been lost: a newer revision may have been sent."""
    return _change_entry(entry, notified_content=None)


def _latest_unanswered(entry: Entry, now: datetime) -> Sending | None:
    requests = (entry.sending, entry.unanswered)
    pending = [request for request in requests if request and now < request.settles_at]
    return max(pending, key=lambda request: request.settles_at, default=None)


def _change_entry(entry: Entry, **fields: object) -> Entry:
    return entry.model_copy(update={**fields, "serial": entry.serial + 1})
