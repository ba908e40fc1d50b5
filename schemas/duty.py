"""Duty: alerts about Vedette itself, of a pack without rule files."""

from collections.abc import Mapping

from schemas.alert import Alert, Evidence
from schemas.signal import Signal

DUTY_PACK = "vedette"
"""The pack of all alerts about Vedette itself; no rule pack may have this name."""

SOURCE_SILENT = "source_silent"
SOURCE_UNREADABLE = "source_unreadable"
SOURCE_FAULTY = "source_faulty"
MESSAGES_LOST = "messages_lost"
MESSAGE_SET_ASIDE = "message_set_aside"
RECEIVER_DOWN = "receiver_down"
WATCHDOG = "watchdog"

OWN_SOURCE = "vedette"
"""The source of events by Vedette itself, with all below it (`vedette:…`)."""
WATCHDOG_SOURCE = f"{OWN_SOURCE}:{WATCHDOG}"
_BELOW_OWN = f"{OWN_SOURCE}:"


def is_own(source: str) -> bool:
    """Whether `source` is Vedette itself: nobody else may publish as it, and no rule matches it."""
    return source == OWN_SOURCE or source.startswith(_BELOW_OWN)


def is_duty(alert: Alert) -> bool:
    """Whether the alert is about Vedette itself, for duty engineers."""
    return alert.pack == DUTY_PACK


def is_watchdog(alert: Alert) -> bool:
    """Whether the alert only proves that alerts come through; nobody is notified of it."""
    return is_duty(alert) and alert.rule.name == WATCHDOG


def make_duty_hit(
    rule: str, group: Mapping[str, str], evidence: Evidence, fields: Mapping[str, str] | None = None
) -> Signal:
    """The hit of the duty window `rule` for `group`; `evidence` gives its identity and its time."""
    return Signal(
        pack=DUTY_PACK,
        rule=rule,
        base=rule,
        group=dict(group),
        identity=evidence.event_id,
        occurred_at=evidence.occurred_at,
        story=evidence.event_id,
        owner=OWN_SOURCE,
        fields=dict(fields or {}),
        evidence=evidence,
    )
