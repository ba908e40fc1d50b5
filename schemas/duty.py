"""Duty: what Vedette says of itself, as alerts of a pack that no rule file makes."""

from schemas.alert import Alert

DUTY_PACK = "vedette"
"""The pack of every alert about Vedette itself; no rule pack may have its name."""

SOURCE_SILENT = "source_silent"
SOURCE_UNREADABLE = "source_unreadable"
WATCHDOG = "watchdog"

OWN_SOURCE = "vedette"
"""The source id, with all below it (`vedette:…`), of what Vedette publishes itself."""
WATCHDOG_SOURCE = f"{OWN_SOURCE}:{WATCHDOG}"


def is_own(source: str) -> bool:
    """Whether Vedette itself publishes as `source`: nobody else may, and no rule sees it."""
    return source == OWN_SOURCE or source.startswith(f"{OWN_SOURCE}:")


def is_duty(alert: Alert) -> bool:
    """Whether the alert is about Vedette itself, for those on duty."""
    return alert.pack == DUTY_PACK


def is_watchdog(alert: Alert) -> bool:
    """Whether the alert only proves that alerts come through: nobody is told of it."""
    return is_duty(alert) and alert.rule.name == WATCHDOG
