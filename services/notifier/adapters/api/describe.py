"""From the domain's values to the answers of the API."""

from collections.abc import Iterable
from datetime import datetime

from schemas.ledger import LedgerLine
from schemas.recorded_verdict import Opinion
from schemas.silence import Silence
from services.notifier.adapters.api.answers import (
    AcknowledgedItem,
    AlertItem,
    AlertStory,
    HiddenAlert,
    HistoryItem,
    Notified,
    PreviewAnswer,
    RuleItem,
    SilenceItem,
)
from services.notifier.domain.watch.alert_board import AlertDossier, BoardItem, RuleTrackRecord
from services.notifier.domain.watch.alert_summary import AlertSummary
from services.notifier.domain.watch.silences.approval import needs_approval
from services.notifier.domain.watch.silences.lifecycle import SilenceState, find_state
from services.notifier.domain.watch.silences.preview import SilencePreview


def describe_item(item: BoardItem) -> AlertItem:
    """An alert for a list."""
    summary, taken = item.summary, item.acknowledgement
    return AlertItem(
        id=summary.id,
        fingerprint=summary.fingerprint,
        revision=summary.revision,
        status=summary.status,
        level=summary.level,
        pack=summary.pack,
        rule=summary.rule,
        title=summary.title,
        summary=summary.summary,
        labels=summary.labels,
        starts_at=summary.starts_at,
        updated_at=summary.updated_at,
        evidence_count=summary.evidence_count,
        acknowledgement=AcknowledgedItem.model_validate(taken, from_attributes=True)
        if taken
        else None,
        silence=item.silence.id if item.silence else None,
        verdict=item.verdict.opinion if item.verdict else None,
    )


def describe_dossier(dossier: AlertDossier) -> AlertStory:
    """An alert with its history."""
    receivers = (
        Notified(receiver=name, revision=entry.revision, status=entry.status, sent_at=entry.sent_at)
        for name, entry in dossier.entries.items()
    )
    return AlertStory(
        alert=dossier.alert,
        item=describe_item(dossier.item),
        verdict=dossier.item.verdict,
        receivers=tuple(receivers),
        history=describe_history(dossier.history),
    )


def describe_history(lines: Iterable[LedgerLine]) -> tuple[HistoryItem, ...]:
    """Ledger lines as people read them."""
    return tuple(HistoryItem.model_validate(line, from_attributes=True) for line in lines)


def describe_silence(silence: Silence, now: datetime) -> SilenceItem:
    """A silence as it is now."""
    state = find_state(silence, now)
    waits = needs_approval(silence) and state is not SilenceState.EXPIRED
    return SilenceItem(state=state, awaits_approval=waits, **silence.model_dump())


def describe_preview(preview: SilencePreview) -> PreviewAnswer:
    """What a silence would hide."""
    return PreviewAnswer(
        firing_count=preview.firing_count,
        firing=tuple(map(_describe_hidden, preview.firing)),
        week_count=preview.week_count,
        critical_count=preview.critical_count,
        rules=dict(preview.rules),
    )


def describe_rule(record: RuleTrackRecord) -> RuleItem:
    """A rule with its ratio."""
    useful, noise, known = (record.opinions.get(opinion, 0) for opinion in Opinion)
    judged = useful + noise
    return RuleItem(
        pack=record.pack,
        rule=record.rule,
        fires=record.fires,
        useful=useful,
        noise=noise,
        known=known,
        useful_ratio=useful / judged if judged else None,
    )


def _describe_hidden(summary: AlertSummary) -> HiddenAlert:
    name = f"{summary.pack}/{summary.rule}"
    return HiddenAlert(id=summary.id, level=summary.level, rule=name, summary=summary.summary)
