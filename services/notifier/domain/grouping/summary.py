"""A group as one alert, as the log and the queue know it; and which alert is shown whole."""

from schemas.alert import Alert, Level, Status
from schemas.ledger import Entry
from services.notifier.domain.entry import has_ended
from services.notifier.domain.grouping.group import AlertGroup, GroupMember, GroupNotice


def summarize_group(group: AlertGroup, notice: GroupNotice) -> Alert:
    """The stand-in of a group: it fires while any of its alerts does, at the level of the worst."""
    members = _list_shown(notice)
    alerts = [member.alert for member in members] or [group.latest]
    return group.latest.model_copy(
        update={
            "id": group.id,
            "fingerprint": group.id,
            "revision": notice.revision,
            "status": Status.FIRING if notice.firing else Status.RESOLVED,
            "level": max((alert.level for alert in alerts), key=_rank),
            "exercise": all(alert.exercise for alert in alerts),
            "evidence": (),
            "hypotheses": (),
        }
    )


def choose_shown(group: AlertGroup, notice: GroupNotice, stand_in: Alert) -> tuple[Alert, Entry]:
    """The alert to show, and what was shown of it: the only one, whole, else the stand-in."""
    member = find_only(notice)
    if member is None:
        return stand_in, Entry()
    latest, alert = group.latest, member.alert
    is_latest = (latest.id, latest.revision) == (alert.id, alert.revision)
    return (latest if is_latest else alert), member.entry


def find_only(notice: GroupNotice) -> GroupMember | None:
    """The only alert that the group shows; None of several, and in a digest."""
    shown = _list_shown(notice)
    return shown[0] if len(shown) == 1 and not notice.is_digest else None


def _list_shown(notice: GroupNotice) -> list[GroupMember]:
    """The firing alerts, and those that ended now."""
    ended = [change.member for change in notice.changes if has_ended(change.member.alert)]
    return [*notice.firing, *ended]


def _rank(level: Level) -> int:
    return level.rank
