"""Verdicts as messages to the matcher."""

from schemas.alert import Alert
from schemas.duty import is_duty
from schemas.envelope import VERDICT, cloud_headers
from schemas.recorded_verdict import Opinion, RecordedVerdict
from schemas.topics import SIGNALS
from schemas.verdict import Judgement, Verdict
from services.notifier.domain.codec import SOURCE
from services.notifier.domain.ports import OutboxRecord

_JUDGEMENTS = {Opinion.USEFUL: Judgement.USEFUL, Opinion.NOISE: Judgement.NOISE}


def encode_verdict(alert: Alert, verdict: RecordedVerdict) -> list[OutboxRecord]:
    """The message of the signals topic about a verdict, with the key of the alert's window.

    None about Vedette itself, and none of `known`: the alert was right, so its window stays.
    """
    judgement = _JUDGEMENTS.get(verdict.opinion)
    if judgement is None or is_duty(alert):
        return []
    message = Verdict(
        pack=alert.pack,
        rule=alert.rule.name,
        group=alert.group,
        exercise=alert.exercise,
        alert=alert.id,
        judgement=judgement,
        by=verdict.by,
        at=verdict.at,
        comment=verdict.comment,
    )
    identity = f"verdict/{alert.id}/{verdict.serial}"
    headers = cloud_headers(VERDICT, identity, SOURCE, verdict.at)
    value = message.model_dump_json(exclude_defaults=True).encode()
    return [OutboxRecord(SIGNALS, message.key, value, headers)]
