"""What a reader needs to know of an alert in seconds: what changed, how sure, how old."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from schemas.alert import Alert, Evidence, Level
from schemas.duty import is_duty
from schemas.ledger import Entry
from services.counts import format_count
from services.notifier.domain.entry import (
    NotifiedContent,
    has_ended,
    notified_content,
    read_content,
)
from services.report_text import clean_line

OLD = timedelta(hours=1)
"""A report that was recorded longer after its event is marked."""
RELIABILITY = {
    "A": "source completely reliable",
    "B": "source usually reliable",
    "C": "source fairly reliable",
    "D": "source not usually reliable",
    "E": "source unreliable",
    "F": "source ungraded",
}
CREDIBILITY = {
    1: "report confirmed",
    2: "report probably true",
    3: "report possibly true",
    4: "report doubtful",
    5: "report improbable",
    6: "report ungraded",
}
"""The words of the Admiralty code."""


def describe_change(before: Entry, alert: Alert) -> str:
    """What this revision changes against what the receiver shows, in a word or two."""
    if has_ended(alert):
        return alert.status.upper()
    if before.status is None:
        return "NEW"
    shown = read_content(before.notified_content)
    return "UPDATE" if shown is None else _compare_shown(shown, before, alert)


def _compare_shown(shown: NotifiedContent, before: Entry, alert: Alert) -> str:
    was_suspected = shown.is_suspected and not alert.suspected
    if shown.level is not alert.level and not was_suspected:
        return _describe_move(shown.level, alert.level)
    if was_suspected or (shown.is_uncorroborated and not alert.uncorroborated):
        return "CONFIRMED"
    if before.notified_content == notified_content(alert):
        return _describe_same(before, alert)
    return _name_new_hypotheses(shown, alert) or "UPDATE"


def _describe_same(before: Entry, alert: Alert) -> str:
    if alert.revision > before.revision:
        return "MORE EVIDENCE"
    return "IN HAND" if before.in_hand else "STILL FIRING"


def _name_new_hypotheses(shown: NotifiedContent, alert: Alert) -> str:
    new = sorted(set(alert.hypotheses) - shown.hypotheses)
    return f"ALSO FOR {', '.join(map(clean_line, new))}" if new else ""


def _describe_move(before: Level, after: Level) -> str:
    return f"{'UP' if after.rank > before.rank else 'DOWN'} from {before}"


def list_warnings(alert: Alert, *, possible_repeat: bool) -> Iterator[str]:
    """What must be read before all else."""
    warnings = {
        "SUSPECTED": alert.suspected,
        "DRILL": alert.exercise,
        "HISTORY": alert.backfill,
        "LATE": alert.late,
        "POSSIBLE REPEAT": possible_repeat,
    }
    return (word for word, holds in warnings.items() if holds)


def describe_sureness(alert: Alert) -> str | None:
    """How many independent sources there are, and the best grade in words.

    None without reports, and for what Vedette says of itself.
    """
    if not alert.evidence or is_duty(alert):
        return None
    owners = len({piece.source_owner or piece.source for piece in alert.evidence})
    sources = format_count(owners, "source")
    doubt = ", unconfirmed" if alert.uncorroborated else ""
    doubt += ", suspected by a model alone" if alert.suspected else ""
    return f"{sources}{doubt} · {describe_grade(min(alert.evidence, key=_rank_grade))}"


def describe_grade(piece: Evidence) -> str:
    """The Admiralty grade in words: `B2: source usually reliable, report probably true`."""
    source, report = RELIABILITY[piece.reliability or "F"], CREDIBILITY[piece.credibility or 6]
    is_graded = piece.reliability not in (None, "F") or piece.credibility not in (None, 6)
    return f"{piece.grade}: {source}, {report}" if is_graded else f"{piece.grade}: ungraded"


def _rank_grade(piece: Evidence) -> str:
    return piece.grade


def describe_time(alert: Alert) -> str:
    """When it happened, when Vedette learned of it, and how old it was by then."""
    learned = max(
        (piece.recorded_at for piece in alert.evidence if piece.recorded_at),
        default=alert.detected_at,
    )
    times = [piece.occurred_at for piece in alert.evidence] or [alert.starts_at]
    span = dict.fromkeys(format_time(time, learned) for time in (min(times), max(times)))
    parts = [f"happened {' to '.join(span)}", f"learned {format_time(learned, learned)}"]
    age = learned - max(times)
    return " · ".join([*parts, f"{format_age(age)} OLD"] if age >= OLD else parts)


def format_time(time: datetime, reference: datetime) -> str:
    """`12:16Z`, with the date where it is not that of `reference`."""
    date = "" if time.date() == reference.date() else f"{time:%Y-%m-%d} "
    return f"{date}{time:%H:%M}Z"


def format_age(age: timedelta) -> str:
    """In its greatest unit, rounded down: `7 h`."""
    for unit, name in ((timedelta(days=1), "d"), (timedelta(hours=1), "h")):
        if age >= unit:
            return f"{age // unit} {name}"
    return f"{age // timedelta(minutes=1)} min"
