"""The closing table of a replay: what was raised, and how fast it was before people."""

from collections.abc import Mapping
from datetime import datetime

from rich import box
from rich.table import Table
from rich.text import Text

from cli.stack.demo import Accepted
from cli.stack.watch import Seen, is_shown
from schemas.alert import Alert, Level

STYLES: Mapping[Level, str] = {
    Level.INFORMATIONAL: "dim",
    Level.LOW: "cyan",
    Level.MEDIUM: "yellow",
    Level.HIGH: "red",
    Level.CRITICAL: "bold red",
}
UNKNOWN = "-"
WIDE = 110
COLUMNS = ("alert", "level", "event time", "now", "latency")
OTHERS = 90  # what these five take


def closing_table(seen: Seen, posted: Accepted, width: int) -> Table:
    """One row an alert, in the order in which they were announced, for a screen of `width`."""
    table = Table(box=box.SIMPLE_HEAD, caption=_caption(seen), caption_justify="left")
    for name in COLUMNS:
        table.add_column(name, no_wrap=True, justify="right" if name == "latency" else "left")
    if width >= WIDE:
        table.add_column("summary", no_wrap=True)
    for alert in seen.final.values():
        cells = _cells(alert, latency(alert.id, seen, posted))
        cells[-1].truncate(max(1, width - OTHERS), overflow="ellipsis")
        table.add_row(*cells[: len(table.columns)])
    return table


def latency(alert_id: str, seen: Seen, posted: Accepted) -> float | None:
    """Seconds from the HTTP request of the report that raised it to its first message.

    None when it was not shown, or when what raised it did not come from here.
    """
    shown = [line for line in tuple(seen.ledger) if line.alert == alert_id and is_shown(line)]
    if not shown:
        return None
    first = min(shown, key=lambda line: line.at)
    causes = [
        posted_at
        for alert in tuple(seen.alerts)
        if (alert.id, alert.revision) == (first.alert, first.revision)
        for posted_at in _posted_at(alert, posted)
    ]
    return (first.at - max(causes)).total_seconds() if causes else None


def _cells(alert: Alert, seconds: float | None) -> list[Text]:
    return [
        Text(alert.rule.name, style="bold"),
        Text(alert.level, style=STYLES[alert.level]),
        Text(f"{alert.starts_at:%Y-%m-%d %H:%M}"),
        Text(alert.status),
        Text(UNKNOWN if seconds is None else f"{seconds * 1000:.0f} ms"),
        Text(alert.summary),
    ]


def _posted_at(alert: Alert, posted: Accepted) -> list[datetime]:
    keys = [(evidence.source, evidence.event_id) for evidence in alert.evidence]
    return [posted[key] for key in keys if key in posted]


def _caption(seen: Seen) -> str:
    return (
        "event time: when it happened, by the reports; latency: from the HTTP request of the"
        f" report that raised it to the message. Dead letters: {seen.dead_letters}."
    )
