"""A backtest as one HTML file with a time line: self-contained, no script, nothing is loaded."""

from collections.abc import Iterable, Mapping, Sequence

from cli.backtest.page_template import TEMPLATE
from cli.backtest.report import BacktestReport, describe_flags, describe_measures
from cli.review.html_page import render_page
from cli.review.report import describe_group
from cli.review.time_line import WIDTH, TimeScale
from schemas.alert import Alert, Evidence

MOST_ALERTS = 2_000
"""More are on the time line and in the JSON form, and not among the cards of the page."""


def write_page(report: BacktestReport) -> str:
    """The page. All text of reports is escaped."""
    scale = _scale(report)
    return render_page(
        TEMPLATE,
        events=report.events,
        since=report.since,
        until=report.until,
        width=WIDTH,
        rows=_rows(report, scale) if scale else [],
        outcomes=[
            (scale.place(each.outcome.at), each.outcome.name, each.first is not None)
            for each in report.outcomes
            if scale
        ],
        ticks=list(scale.ticks()) if scale else [],
        measures=list(describe_measures(report)),
        alerts=[_card(alert) for alert in report.alerts[:MOST_ALERTS]],
        left_out=max(0, len(report.alerts) - MOST_ALERTS),
    )


def _scale(report: BacktestReport) -> TimeScale | None:
    """From the first event to the last, or to the last outcome; None where there are no events."""
    if report.since is None or report.until is None:
        return None
    return TimeScale(report.since, max([report.until, *(w.outcome.at for w in report.outcomes)]))


def _rows(report: BacktestReport, scale: TimeScale) -> Sequence[Mapping[str, object]]:
    """A row a rule, in the order of their first alerts."""
    by_rule: dict[str, list[Alert]] = {}
    for alert in report.alerts:
        by_rule.setdefault(alert.rule.name, []).append(alert)
    return [
        {"name": f"{name} ({len(alerts)})", "marks": list(_marks(alerts, scale))}
        for name, alerts in by_rule.items()
    ]


def _marks(alerts: Iterable[Alert], scale: TimeScale) -> Iterable[object]:
    for alert in alerts:
        label = f"{alert.starts_at:%Y-%m-%d %H:%M} {alert.summary}"
        yield scale.mark(alert, str(alert.level), label)


def _card(alert: Alert) -> Mapping[str, object]:
    return {
        "starts": f"{alert.starts_at:%Y-%m-%d %H:%M}",
        "level": str(alert.level),
        "flags": describe_flags(alert),
        "rule": alert.rule.name,
        "status": str(alert.status),
        "summary": alert.summary,
        "group": describe_group(alert),
        "why": alert.explain,
        "evidence": [_quote(piece) for piece in alert.evidence],
        "count": alert.evidence_count,
    }


def _quote(piece: Evidence) -> tuple[str, str, str]:
    at = f"{piece.occurred_at:%Y-%m-%d %H:%M}"
    return piece.source, at, piece.title or piece.excerpt or ""
