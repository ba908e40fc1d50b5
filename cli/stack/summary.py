"""The summary of a demo: the alerts, and how fast each was shown."""

from collections.abc import Mapping
from datetime import datetime

from rich import box
from rich.table import Table
from rich.text import Text

from cli.output import plain_text
from cli.stack.demo import PostTimes
from cli.stack.watching import SeenMessages, is_shown
from schemas.alert import Alert, Level

STYLES: Mapping[Level, str] = {
    Level.INFORMATIONAL: "dim",
    Level.LOW: "cyan",
    Level.MEDIUM: "yellow",
    Level.HIGH: "red",
    Level.CRITICAL: "bold red",
}
NO_LATENCY = "-"
WIDE = 110
COLUMNS = ("alert", "level", "event time", "now", "latency")
COLUMNS_WIDTH = 90


def build_summary(seen: SeenMessages, post_times: PostTimes, width: int) -> Table:
    """One row an alert, in the order of their first revisions, for a screen of `width`."""
    table = Table(box=box.SIMPLE_HEAD, caption=_caption(seen), caption_justify="left")
    for name in COLUMNS:
        table.add_column(name, no_wrap=True, justify="right" if name == "latency" else "left")
    if width >= WIDE:
        table.add_column("summary", no_wrap=True)
    for alert in seen.last_revisions.values():
        cells = _cells(alert, measure_latency(alert.id, seen, post_times))
        cells[-1].truncate(max(1, width - COLUMNS_WIDTH), overflow="ellipsis")
        table.add_row(*cells[: len(table.columns)])
    return table


def measure_latency(alert_id: str, seen: SeenMessages, post_times: PostTimes) -> float | None:
    """Seconds from the HTTP request of the report that raised an alert to its first message.

    None when the alert was not shown, or when none of its reports was posted here.
    """
    shown = [line for line in tuple(seen.ledger) if line.alert == alert_id and is_shown(line)]
    if not shown:
        return None
    first = min(shown, key=lambda line: line.at)
    causes = [
        posted_at
        for alert in tuple(seen.alerts)
        if (alert.id, alert.revision) == (first.alert, first.revision)
        for posted_at in _posted_at(alert, post_times)
    ]
    return (first.at - max(causes)).total_seconds() if causes else None


def _cells(alert: Alert, seconds: float | None) -> list[Text]:
    return [
        plain_text(alert.rule.name, "bold"),
        Text(alert.level, style=STYLES[alert.level]),
        Text(f"{alert.starts_at:%Y-%m-%d %H:%M}"),
        Text(alert.status),
        Text(NO_LATENCY if seconds is None else f"{seconds * 1000:.0f} ms"),
        plain_text(alert.summary),
    ]


def _posted_at(alert: Alert, post_times: PostTimes) -> list[datetime]:
    keys = [(evidence.source, evidence.event_id) for evidence in alert.evidence]
    return [post_times[key] for key in keys if key in post_times]


def _caption(seen: SeenMessages) -> str:
    return (
        "event time: when it happened; latency: from the HTTP request of the report that raised the"
        f" alert to its message. Dead letters: {seen.dead_letters}."
    )
