"""The first line of an alert, and the only one of its end."""

from collections.abc import Iterator

from schemas.alert import Alert, Level, LevelMove, Status
from schemas.duty import is_duty
from services.counts import format_count
from services.notifier.domain.alert_facts import describe_change, format_age, list_warnings
from services.notifier.domain.ports import Notice
from services.report_text import clean_line, cut_line

ICONS = {
    Level.INFORMATIONAL: "⚪",
    Level.LOW: "🔵",
    Level.MEDIUM: "🟡",
    Level.HIGH: "🟠",
    Level.CRITICAL: "🔴",
}

STORY = "story"
"""The field that detection rules group by where they name none."""
LONGEST_WHAT = 160


def choose_icon(alert: Alert) -> str:
    """The colour of the level; of an end, green only where the situation ended by itself."""
    if alert.status is Status.RESOLVED:
        return "✅" if alert.reason is None else "⏹️"
    return "↩️" if alert.status is Status.WITHDRAWN else ICONS[alert.level]


def build_headline(notice: Notice) -> str:
    """How bad it is, what changed, what it is and where."""
    alert = notice.alert
    words = list_warnings(alert, possible_repeat=notice.possible_repeat)
    if alert.move is not None:
        parts = [*words, describe_move(alert.move), clean_line(alert.rule.title)]
        return f"{choose_icon(alert)} {' · '.join([*parts, describe_score(alert.move)])}"
    parts = [*words, alert.level.upper(), describe_change(notice.before, alert)]
    return f"{choose_icon(alert)} {' · '.join([*parts, *name_subject(alert)])}"


def describe_move(move: LevelMove) -> str:
    """`UP: watch → elevated`."""
    way = "UP" if move.is_up else "DOWN"
    return f"{way}: {move.before or 'below watch'} → {move.after or 'below watch'}"


def describe_score(move: LevelMove) -> str:
    """`5.0 of 5 · because rockets was observed; not yet seen: march`."""
    score = f"{move.score:.1f} of {move.threshold:g} · because {clean_line(move.because)}"
    missing = clean_line(", ".join(move.missing))
    return f"{score}; not yet seen: {missing}" if missing else score


def build_end(notice: Notice) -> str:
    """One line: how it ended, what it was, why, how long it lasted.

    Its own sentence too, where that alone says what ended: of a story, and about Vedette itself.
    """
    alert = notice.alert
    words = list_warnings(alert, possible_repeat=notice.possible_repeat)
    lasted = f"after {format_age((alert.resolved_at or alert.updated_at) - alert.starts_at)}"
    count = format_count(alert.evidence_count, "report")
    is_named_by_summary = is_duty(alert) or STORY in alert.group
    what = cut_line(clean_line(alert.summary), LONGEST_WHAT) if is_named_by_summary else ""
    if is_duty(alert) and not alert.evidence_count:
        count = ""
    parts = [*words, alert.status.upper(), *name_subject(alert), what]
    parts.append(clean_line(alert.reason or ""))
    return f"{choose_icon(alert)} {' · '.join(part for part in [*parts, lasted, count] if part)}"


def name_subject(alert: Alert) -> Iterator[str]:
    """The rule's title, and the fields of the group; the id of a story says nothing to people."""
    yield clean_line(alert.rule.title)
    for name, value in sorted(alert.group.items()):
        if name != STORY:
            yield f"{clean_line(name)}: {clean_line(value)}"
