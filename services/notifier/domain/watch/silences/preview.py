"""What a silence would hide now, and would have hidden over the last week."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from schemas.alert import Level, Status
from services.notifier.domain.routing.matchers import LabelMatcher
from services.notifier.domain.watch.alert_summary import AlertSummary

LOOK_BACK = timedelta(days=7)
MOST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class SilencePreview:
    """The alerts that matchers select: those that fire, and those that changed in the last week.

    `firing`: the newest of those that fire, `firing_count` all of them. `week_count`: of the week,
    `critical_count` the critical ones among them, `rules` how many by pack and rule.
    """

    firing: tuple[AlertSummary, ...]
    firing_count: int
    week_count: int
    critical_count: int
    rules: Mapping[str, int]


def preview_silence(
    matchers: tuple[LabelMatcher, ...], newest_first: Iterable[AlertSummary], now: datetime
) -> SilencePreview:
    """What such a silence hides, by the labels that alerts have in their newest revision."""
    hidden = [
        summary
        for summary in newest_first
        if all(matcher.holds(summary.labels) for matcher in matchers)
    ]
    firing = [summary for summary in hidden if summary.status is Status.FIRING]
    week = [summary for summary in hidden if now - summary.updated_at <= LOOK_BACK]
    rules = Counter(f"{summary.pack}/{summary.rule}" for summary in week)
    return SilencePreview(
        firing=tuple(firing[:MOST_SHOWN]),
        firing_count=len(firing),
        week_count=len(week),
        critical_count=sum(summary.level is Level.CRITICAL for summary in week),
        rules=dict(rules.most_common(MOST_SHOWN)),
    )
