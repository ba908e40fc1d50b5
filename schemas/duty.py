"""Duty: alerts about Vedette itself, of a pack without rule files."""

from schemas.alert import Alert

DUTY_PACK = "vedette"
"""The pack of all alerts about Vedette itself; no rule pack may have this name."""

SOURCE_SILENT = "source_silent"
SOURCE_UNREADABLE = "source_unreadable"
MESSAGES_LOST = "messages_lost"
MESSAGE_SET_ASIDE = "message_set_aside"
WATCHDOG = "watchdog"

OWN_SOURCE = "vedette"
"""The source of events by Vedette itself, with all below it (`vedette:…`)."""
WATCHDOG_SOURCE = f"{OWN_SOURCE}:{WATCHDOG}"


def is_own(source: str) -> bool:
    """Whether `source` is Vedette itself: nobody else may publish as it, and no rule matches it."""
    return source == OWN_SOURCE or source.startswith(f"{OWN_SOURCE}:")


def is_duty(alert: Alert) -> bool:
    """Whether the alert is about Vedette itself, for duty engineers."""
    return alert.pack == DUTY_PACK


def is_watchdog(alert: Alert) -> bool:
    """Whether the alert only proves that alerts come through; nobody is notified of it."""
    return is_duty(alert) and alert.rule.name == WATCHDOG
