"""A group of alerts as receivers show it: its worst alerts, one line each, and what changed."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from schemas.alert import Alert, Level
from services.counts import format_count
from services.notifier.domain.alert_facts import (
    describe_change,
    format_time,
    list_warnings,
)
from services.notifier.domain.decisions import Reason
from services.notifier.domain.entry import has_ended
from services.notifier.domain.grouping.group import ChangeKind, GroupMember, GroupNotice
from services.notifier.domain.headline import (
    ICONS,
    build_end,
    build_headline,
    choose_icon,
    name_subject,
)
from services.notifier.domain.news import is_raised
from services.notifier.domain.ports import Notice
from services.notifier.domain.views import AlertView
from services.report_text import clean_line, cut_line

MOST_LINES = 12
LONGEST_LINE = 240


def build_group_view(notice: GroupNotice, *, is_repeated: bool = False) -> AlertView:
    """The message of a group: a line for each of its most urgent alerts, and for what ended now."""
    members = _list_members(notice)
    shown = members[:MOST_LINES]
    return AlertView(
        headline=_build_headline(notice, members, is_repeated=is_repeated),
        facts=tuple(_build_fact(notice, member) for member in shown),
        hidden_count=len(members) - len(shown),
        footer=f"{notice.id} · rev {notice.revision}",
    )


def build_reply_view(notice: Notice) -> AlertView:
    """What is told in the thread: of a group what changed, else the alert's new headline."""
    if notice.group is not None:
        return _view_changes(notice.group)
    return AlertView(build_headline(notice))


def _view_changes(notice: GroupNotice) -> AlertView:
    """Each change since the last message, or that all still fires."""
    if notice.reason is Reason.REPEAT:
        return AlertView(_build_repeat(notice.firing))
    changes = [change for change in notice.changes if change.kind is not ChangeKind.EVIDENCE]
    changes.sort(key=lambda change: _rank(change.member), reverse=True)
    lines = [_build_change(change.member) for change in changes[:MOST_LINES]]
    if len(changes) == 1:
        return AlertView(lines[0])
    counts = Counter(str(change.kind).partition(" ")[0] for change in changes)
    kinds = ", ".join(f"{count} {kind}" for kind, count in counts.items())
    return AlertView(
        f"{len(changes)} changes: {kinds}",
        facts=tuple(("", cut_line(line, LONGEST_LINE)) for line in lines),
        hidden_count=len(changes) - len(lines),
    )


def is_alarming(notice: Notice) -> bool:
    """Whether the channel sees the reply: a new `critical`, a repeat, news of what is shown."""
    group = notice.group
    if group is None:
        return is_raised(notice.before, notice.alert)
    return group.reason is Reason.REPEAT or any(
        change.is_urgent or is_raised(change.member.entry, change.member.alert)
        for change in group.changes
    )


def _list_members(notice: GroupNotice) -> Sequence[GroupMember]:
    """The firing ones by urgency, newest first, then those that ended now; in a digest all."""
    ended = [change.member for change in notice.changes if has_ended(change.member.alert)]
    firing = sorted(notice.firing, key=_rank, reverse=True)
    return [*firing, *sorted(ended, key=_rank, reverse=True)]


def _rank(member: GroupMember) -> tuple[int, datetime]:
    return member.alert.level.rank, member.alert.updated_at


def _build_headline(
    notice: GroupNotice, members: Sequence[GroupMember], *, is_repeated: bool
) -> str:
    alerts = [member.alert for member in members]
    worst = max(alerts, key=lambda alert: alert.level.rank)
    words = ["POSSIBLE REPEAT"] if is_repeated else []
    words += ["DRILL"] if all(alert.exercise for alert in alerts) else []
    parts = [*words, *_count(notice, alerts, worst), _name_titles(alerts)]
    icon = "📋" if notice.is_digest else "✅" if not notice.firing else ICONS[worst.level]
    return f"{icon} {' · '.join(parts)}"


def _count(notice: GroupNotice, alerts: Sequence[Alert], worst: Alert) -> Iterable[str]:
    ended = len(alerts) - len(notice.firing)
    if notice.is_digest:
        levels = Counter(alert.level for alert in alerts)
        counts = ", ".join(f"{levels[level]} {level}" for level in reversed(Level) if levels[level])
        return ["DIGEST", f"{format_count(len(alerts), 'alert')}: {counts}"]
    if not notice.firing:
        return ["ALL ENDED", format_count(ended, "alert")]
    firing = [worst.level.upper(), f"{len(notice.firing)} FIRING"]
    return [*firing, f"{ended} ended"] if ended else firing


def _name_titles(alerts: Sequence[Alert]) -> str:
    titles = list(dict.fromkeys(clean_line(alert.rule.title) for alert in alerts))
    more = f" and {len(titles) - 2} other rules" if len(titles) > 2 else ""  # noqa: PLR2004
    return ", ".join(titles[:2]) + more


def _build_fact(notice: GroupNotice, member: GroupMember) -> tuple[str, str]:
    """`HIGH`, and `NEW · Joint march · country: IQ · 3 proxies endorse the march`."""
    alert, is_ended = member.alert, has_ended(member.alert)
    is_changed = any(change.member is member for change in notice.changes)
    words = list_warnings(alert, possible_repeat=False)
    change = describe_change(member.entry, alert) if is_changed and not is_ended else ""
    label = (alert.status if is_ended else alert.level).upper()
    parts = [*words, change, *_name(alert)]
    if member.entry.in_hand:
        parts.append(f"in hand: {clean_line(member.entry.in_hand)}")
    return label, cut_line(" · ".join(part for part in parts if part), LONGEST_LINE)


def _name(alert: Alert) -> list[str]:
    """What it is, and its own sentence; a title that the sentence begins with is left out."""
    [title, *group], summary = name_subject(alert), clean_line(alert.summary)
    return [*group, summary] if summary.startswith(title) else [title, *group, summary]


def _build_change(member: GroupMember) -> str:
    notice = Notice(member.alert, before=member.entry)
    return build_end(notice) if has_ended(member.alert) else build_headline(notice)


def _build_repeat(firing: Sequence[GroupMember]) -> str:
    worst = max((member.alert for member in firing), key=lambda alert: alert.level.rank)
    began = min(member.alert.starts_at for member in firing)
    since = format_time(began, max(member.alert.updated_at for member in firing))
    count = f"{len(firing)} alerts" if len(firing) > 1 else " · ".join(name_subject(worst))
    return f"{choose_icon(worst)} STILL FIRING · {worst.level.upper()} · {count} · since {since}"
