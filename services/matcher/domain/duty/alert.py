"""Duty alerts: alerts about Vedette itself that no window makes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from schemas.alert import Alert, Level, RuleRef, Status, alert_id, fingerprint, window_key
from schemas.duty import DUTY_PACK
from services.matcher.domain.windows.state import micros


@dataclass(frozen=True, slots=True)
class Duty:
    """What a duty alert is about: `rule` and `group` identify it like a window of a rule pack.

    Below `high` it pages nobody.
    """

    rule: str
    title: str
    group: Mapping[str, str] = field(default_factory=dict)
    level: Level = Level.MEDIUM

    @property
    def key(self) -> bytes:
        """The key of its fingerprint."""
        return window_key(DUTY_PACK, self.rule, self.group, exercise=False)


@dataclass(frozen=True, slots=True)
class DutyText:
    """The text of a duty alert: one line, one sentence on why, and what to do."""

    summary: str
    explain: str
    action: str | None = None


def fire_duty_alert(
    duty: Duty, text: DutyText, at: datetime, now: datetime, serial: int = 0
) -> Alert:
    """The first revision, firing since `at` and announced at `now`.

    Its id is a function of `duty`, `at` and `serial`, so a repeat has the same id.
    """
    return Alert(
        id=alert_id(fingerprint(duty.key), micros(at), serial),
        fingerprint=fingerprint(duty.key),
        revision=1,
        status=Status.FIRING,
        rule=RuleRef(name=duty.rule, title=duty.title, level=duty.level),
        pack=DUTY_PACK,
        group=dict(duty.group),
        level=duty.level,
        summary=text.summary,
        action=text.action,
        starts_at=at,
        updated_at=now,
        detected_at=now,
        explain=text.explain,
    )


def resolve_duty_alert(alert: Alert, text: DutyText, at: datetime, now: datetime) -> Alert:
    """The next revision of `alert`: resolved at `at`, announced at `now`."""
    return alert.model_copy(
        update={
            "revision": alert.revision + 1,
            "status": Status.RESOLVED,
            "summary": text.summary,
            "explain": text.explain,
            "action": text.action,
            "updated_at": now,
            "resolved_at": max(alert.starts_at, at),
        }
    )
