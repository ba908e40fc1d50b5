"""Verdicts: what a person thinks of an alert, for the matcher and for the counts of its rule."""

from dataclasses import dataclass
from datetime import datetime

from schemas.alert import Alert
from schemas.recorded_verdict import Opinion, RecordedVerdict
from services.notifier.domain.watch.people import Person


@dataclass(frozen=True, slots=True)
class GivenOpinion:
    """What a person thinks of an alert."""

    person: Person
    opinion: Opinion
    comment: str = ""


def judge_alert(
    alert: Alert, given: GivenOpinion, before: RecordedVerdict | None, now: datetime
) -> RecordedVerdict:
    """The verdict, in the place of the one before."""
    return RecordedVerdict(
        alert=alert.id,
        fingerprint=alert.fingerprint,
        serial=1 if before is None else before.serial + 1,
        pack=alert.pack,
        rule=alert.rule.name,
        opinion=given.opinion,
        by=given.person.name,
        at=now,
        comment=given.comment,
    )
