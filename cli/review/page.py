"""A review as one HTML file with a time line: self-contained, no script, nothing is loaded."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from jinja2 import Environment, StrictUndefined

from cli.review.page_template import TEMPLATE
from cli.review.report import (
    ReviewReport,
    count_kinds,
    describe_change,
    describe_group,
    describe_steps,
    quote_evidence,
)
from cli.review.text import describe_closing
from services.matcher.domain.review.alert_changes import (
    AlertDifferenceKind,
    ComparedAlert,
)
from services.matcher.domain.review.review import RuleReview

WIDTH = 900.0
"""Units of the time line's width, from the first event to the last."""

AS_BEFORE = "as before"


@dataclass(frozen=True, slots=True)
class TimeMark:
    """An alert on the time line: from `x`, `width` wide, `kind` is its class."""

    x: float
    width: float
    kind: str
    label: str


@dataclass(frozen=True, slots=True)
class TimeScale:
    """Where a time lies on the picture."""

    since: datetime
    until: datetime

    def place(self, time: datetime) -> float:
        """Units from the left, within the picture."""
        span = (self.until - self.since).total_seconds() or 1.0
        share = (time - self.since).total_seconds() / span
        return round(WIDTH * min(1.0, max(0.0, share)), 1)


def write_page(report: ReviewReport) -> str:
    """The page. All text of reports is escaped."""
    environment = Environment(autoescape=True, undefined=StrictUndefined)
    return environment.from_string(TEMPLATE).render(
        title=report.title,
        width=WIDTH,
        kinds=list(AlertDifferenceKind),
        rules=[_rule_values(rule, report) for rule in report.changed_rules],
        hypotheses=[
            ("/".join(each.key), describe_steps(each.before), describe_steps(each.after))
            for each in report.changed_hypotheses
        ],
        closing=list(describe_closing(report)),
        ticks=list(_place_ticks(report)),
    )


def _rule_values(rule: RuleReview, report: ReviewReport) -> dict[str, object]:
    return {
        "name": "/".join(rule.key),
        "counts": list(count_kinds(rule.changes).values()),
        "unchanged": rule.unchanged,
        "marks": list(_place_marks(rule, report)),
        "changes": [_change_values(change) for change in rule.changes],
    }


def _change_values(change: ComparedAlert) -> tuple[str, str, str, str, str]:
    return (
        str(change.kind),
        describe_change(change),
        change.shown.summary,
        describe_group(change.shown),
        quote_evidence(change),
    )


def _place_marks(rule: RuleReview, report: ReviewReport) -> Iterator[TimeMark]:
    review = report.review
    if review.since is None or review.until is None:
        return
    scale = TimeScale(review.since, review.until)
    for compared in rule.alerts:
        yield _mark_alert(compared, scale)


def _mark_alert(compared: ComparedAlert, scale: TimeScale) -> TimeMark:
    alert, kind = compared.shown, str(compared.kind or AS_BEFORE)
    start = scale.place(alert.starts_at)
    end = scale.place(alert.last_fired_at or alert.starts_at)
    label = f"{kind}: {describe_change(compared)}" if compared.kind else kind
    return TimeMark(start, max(3.0, end - start), kind.replace(" ", "-"), label)


def _place_ticks(report: ReviewReport) -> Iterator[tuple[float, str]]:
    """Five dates below the picture."""
    review = report.review
    if review.since is None or review.until is None:
        return
    for part in range(5):
        time = review.since + review.span * part / 4
        yield WIDTH * part / 4, f"{time:%d %b %Y}"
