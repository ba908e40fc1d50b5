"""What a backtest shows, whatever the format."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from schemas.alert import Alert
from services.matcher.domain.review.outcomes import RuleMeasure, Warned

FLAGS = ("exercise", "late", "uncorroborated", "suspected")
_SHOWN = {"exercise": "DRILL"}
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class BacktestReport:
    """The final alerts of all events between two times; with outcomes, what they measure."""

    events: int
    since: datetime | None
    until: datetime | None
    alerts: tuple[Alert, ...]
    rules: tuple[RuleMeasure, ...] = ()
    outcomes: tuple[Warned, ...] = ()


def describe_flags(alert: Alert) -> str:
    """What to know before one trusts it: `DRILL, LATE`; empty for most."""
    return ", ".join(_SHOWN.get(name, name.upper()) for name in FLAGS if getattr(alert, name))


def describe_measures(report: BacktestReport) -> Iterator[str]:
    """A line for each rule that an outcome names, and for each outcome."""
    for rule in report.rules:
        precision = "no alert" if rule.precision is None else f"precision {rule.precision:.2f}"
        median = rule.median_lead
        lead = "" if median is None else f", median lead {describe_span(median)}"
        yield f"{rule.rule}: {precision}, recall {rule.recall:.2f}{lead}"
    for each in report.outcomes:
        yield f"{each.outcome.at:%Y-%m-%d %H:%M} {each.outcome.name}: {_describe_warning(each)}"


def _describe_warning(each: Warned) -> str:
    if each.first is None or each.lead is None:
        return "nothing warned of it"
    return f"{each.first.alert.rule.name} warned of it {describe_span(each.lead)} before"


def describe_span(span: timedelta) -> str:
    """In its largest unit with one digit behind the point: `9.6 d`, `4.0 h`, `12 min`."""
    if span >= 2 * _DAY:
        return f"{span / _DAY:.1f} d"
    return f"{span / _HOUR:.1f} h" if span >= _HOUR else f"{span.total_seconds() / 60:.0f} min"
