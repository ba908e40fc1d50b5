"""A review as one HTML file with a time line: self-contained, no script, nothing is loaded."""

from collections.abc import Iterator

from cli.review.html_page import render_page
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
from cli.review.time_line import WIDTH, TimeMark, TimeScale
from services.matcher.domain.review.alert_changes import (
    AlertDifferenceKind,
    ComparedAlert,
)
from services.matcher.domain.review.review import RuleReview

AS_BEFORE = "as before"


def write_page(report: ReviewReport) -> str:
    """The page. All text of reports is escaped."""
    return render_page(
        TEMPLATE,
        title=report.title,
        width=WIDTH,
        kinds=list(AlertDifferenceKind),
        rules=[_rule_values(rule, report) for rule in report.changed_rules],
        hypotheses=[
            ("/".join(each.key), describe_steps(each.before), describe_steps(each.after))
            for each in report.changed_hypotheses
        ],
        closing=list(describe_closing(report)),
        ticks=list(scale.ticks()) if (scale := _scale(report)) else [],
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
    scale = _scale(report)
    if scale is not None:
        yield from (_mark_alert(compared, scale) for compared in rule.alerts)


def _mark_alert(compared: ComparedAlert, scale: TimeScale) -> TimeMark:
    kind = str(compared.kind or AS_BEFORE)
    label = f"{kind}: {describe_change(compared)}" if compared.kind else kind
    return scale.mark(compared.shown, kind.replace(" ", "-"), label)


def _scale(report: ReviewReport) -> TimeScale | None:
    """None where there are no events."""
    review = report.review
    if review.since is None or review.until is None:
        return None
    return TimeScale(review.since, review.until)
