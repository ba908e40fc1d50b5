"""What is kept of an alert to list, filter and count it, beside the alert itself."""

from dataclasses import dataclass
from datetime import datetime

from schemas.alert import Alert, Level, Status
from schemas.model import Count, Instant, Model
from services.notifier.domain.news import is_news
from services.notifier.domain.routing.labels import label_alert

MOST_EARLIER = 8


class EarlierRevision(Model):
    """A revision before the newest one, and when the matcher made it."""

    revision: Count
    at: Instant


class AlertSummary(Model):
    """The newest revision of an alert in short, with the labels that routes and silences match.

    `seen_at`: when the notifier first had the alert; `raised_at`: when it first had it at this
    level, or with these hypotheses. `earlier`: revisions before it that came here, the newest last.
    `in_storm`: the alert of its storm stands for it.
    """

    id: str
    fingerprint: str
    revision: Count
    status: Status
    level: Level
    title: str
    summary: str
    starts_at: Instant
    updated_at: Instant
    seen_at: Instant
    raised_at: Instant
    evidence_count: Count = 0
    hypotheses: tuple[str, ...] = ()
    labels: dict[str, tuple[str, ...]]
    earlier: tuple[EarlierRevision, ...] = ()
    in_storm: bool = False

    @property
    def pack(self) -> str:
        """The pack of its rule."""
        return self.labels["pack"][0]

    @property
    def rule(self) -> str:
        """The name of its rule."""
        return self.labels["rule"][0]


@dataclass(frozen=True, slots=True)
class ArchivedAlert:
    """An alert in its newest revision, with its summary."""

    alert: Alert
    summary: AlertSummary


@dataclass(frozen=True, slots=True)
class Listed:
    """A summary at its place in the archive: of two the one that changed later is greater."""

    place: int
    summary: AlertSummary


def summarize_alert(alert: Alert, before: AlertSummary | None, now: datetime) -> AlertSummary:
    """The summary of a revision that came at `now`, after the one that `before` is of."""
    return AlertSummary(
        id=alert.id,
        fingerprint=alert.fingerprint,
        revision=alert.revision,
        status=alert.status,
        level=alert.level,
        title=alert.rule.title,
        summary=alert.summary,
        starts_at=alert.starts_at,
        updated_at=alert.updated_at,
        seen_at=before.seen_at if before else now,
        raised_at=_date_news(before, alert, now),
        evidence_count=alert.evidence_count,
        hypotheses=alert.hypotheses,
        labels=dict(label_alert(alert)),
        earlier=_list_earlier(before, alert),
        in_storm=alert.storm,
    )


def _list_earlier(before: AlertSummary | None, alert: Alert) -> tuple[EarlierRevision, ...]:
    if before is None or before.revision >= alert.revision:
        return ()
    last = EarlierRevision(revision=before.revision, at=before.updated_at)
    return (*before.earlier, last)[-MOST_EARLIER:]


def _date_news(before: AlertSummary | None, alert: Alert, now: datetime) -> datetime:
    if before is None or is_news(before.level, before.hypotheses, alert):
        return now
    return before.raised_at
