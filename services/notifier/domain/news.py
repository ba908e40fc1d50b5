"""What is news to whoever knows of an alert, so that people are notified again."""

from collections.abc import Iterable
from typing import Protocol

from schemas.alert import Alert, Level, Status
from schemas.ledger import Entry
from services.notifier.domain.entry import NotifiedContent, has_ended, read_content


class Rated(Protocol):
    """What of an alert, or its summary, may be news."""

    @property
    def status(self) -> Status:
        """Whether it fires."""

    @property
    def level(self) -> Level:
        """How bad it is."""

    @property
    def hypotheses(self) -> tuple[str, ...]:
        """What it counts for."""


def is_news(level: Level, hypotheses: Iterable[str], alert: Rated) -> bool:
    """Whether a firing alert is at a higher level, or counts for another hypothesis, than known."""
    is_more = alert.level.rank > level.rank or not set(alert.hypotheses) <= set(hypotheses)
    return alert.status is Status.FIRING and is_more


def is_raised(before: Entry, alert: Alert) -> bool:
    """Whether it is news to those who see the alert at a receiver."""
    shown = _read_shown(before, alert)
    return shown is not None and is_news(shown.level, shown.hypotheses, alert)


def is_moved(before: Entry, alert: Alert) -> bool:
    """Whether it is, or they see the alert at a higher level than it is now."""
    shown = _read_shown(before, alert)
    if shown is None:
        return False
    return shown.level is not alert.level or is_news(shown.level, shown.hypotheses, alert)


def _read_shown(before: Entry, alert: Alert) -> NotifiedContent | None:
    """What people see of a firing alert; None where they see none, or that is not known."""
    is_open = before.status is Status.FIRING and not has_ended(alert)
    return read_content(before.notified_content) if is_open else None
