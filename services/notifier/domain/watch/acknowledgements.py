"""Acknowledgements: how long one holds, and what is news in spite of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from schemas.acknowledgement import Acknowledgement
from schemas.alert import Alert, Status
from services.notifier.domain.entry import has_ended
from services.notifier.domain.news import is_news
from services.notifier.domain.watch.alert_summary import AlertSummary
from services.notifier.domain.watch.people import Person, Role
from services.notifier.domain.watch.refusals import ChangedMeanwhile, InvalidAct, NotAllowed

USUAL = timedelta(hours=4)
LONGEST = timedelta(hours=24)
"""A person who goes off watch does not hold an alert for longer."""


@dataclass(frozen=True, slots=True)
class AcknowledgementRequest:
    """What is asked for: four hours unless `ends_at` says otherwise.

    Unless it `takes_over`, whoever has the alert in hand keeps it: a pager that was told of an
    acknowledgement reports it back.
    """

    ends_at: datetime | None = None
    comment: str = ""
    takes_over: bool = True


def acknowledge_alert(
    alert: Alert,
    person: Person,
    request: AcknowledgementRequest,
    before: Acknowledgement | None,
    now: datetime,
) -> Acknowledgement:
    """The alert in the person's hands.

    Raises InvalidAct, and ChangedMeanwhile where the alert has ended.
    """
    if has_ended(alert):
        raise ChangedMeanwhile("", f"the alert is {alert.status}: nobody has to take care of it")
    ends_at = request.ends_at or now + USUAL
    if not now < ends_at <= now + LONGEST:
        raise InvalidAct(
            "ends_at", f"the end must lie in the next {LONGEST // timedelta(hours=1)} hours"
        )
    return Acknowledgement(
        alert=alert.id,
        fingerprint=alert.fingerprint,
        serial=1 if before is None else before.serial + 1,
        owner=person.name,
        at=now,
        ends_at=ends_at,
        level=alert.level,
        hypotheses=alert.hypotheses,
        comment=request.comment,
    )


def take_back(known: Acknowledgement, person: Person, now: datetime) -> Acknowledgement:
    """The acknowledgement ended now, by its owner or an admin.

    Raises ChangedMeanwhile: it has ended; NotAllowed.
    """
    if now >= known.ends_at:
        raise ChangedMeanwhile("", "the acknowledgement has ended already")
    if not person.is_one_of(frozenset({known.owner})) and not person.may_act_as(Role.ADMIN):
        raise NotAllowed("", f"it is {known.owner}'s: acknowledge the alert yourself instead")
    changed = {"serial": known.serial + 1, "ends_at": now, "ended_by": person.name}
    return known.model_copy(update=changed)


def holds(known: Acknowledgement | None, alert: Alert | AlertSummary, now: datetime) -> bool:
    """Whether somebody has the alert in hand, as it is now.

    An end, a higher level or a new hypothesis is news to whoever acknowledged it before.
    """
    if known is None or now >= known.ends_at or alert.status is not Status.FIRING:
        return False
    return not is_news(known.level, known.hypotheses, alert)
