"""Duty alerts: what Vedette says of itself, where no window is counted for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from schemas.alert import Alert, Level, RuleRef, Status, alert_id, fingerprint, window_key
from schemas.duty import DUTY_PACK
from services.matcher.domain.windows.state import micros


@dataclass(frozen=True, slots=True)
class Duty:
    """A matter of Vedette's own: its `rule` and `group` are what a window is to a rule pack.

    What is below `high` pages nobody.
    """

    rule: str
    title: str
    group: Mapping[str, str] = field(default_factory=dict)
    level: Level = Level.MEDIUM

    @property
    def key(self) -> bytes:
        """The Kafka key of what is told of it on the way to its state."""
        return window_key(DUTY_PACK, self.rule, self.group, exercise=False)


@dataclass(frozen=True, slots=True)
class Words:
    """How a matter stands, for people: one line, one sentence on why, and what to do."""

    summary: str
    explain: str
    action: str | None = None


def duty_alert(duty: Duty, words: Words, at: datetime, now: datetime, serial: int = 0) -> Alert:
    """The first revision, firing since `at` and announced at `now`.

    Its id is a function of the matter, `at` and `serial`: made again for the same, it is the same.
    """
    mark = fingerprint(duty.key)
    return Alert(
        id=alert_id(mark, micros(at), serial),
        fingerprint=mark,
        revision=1,
        status=Status.FIRING,
        rule=RuleRef(name=duty.rule, title=duty.title, level=duty.level),
        pack=DUTY_PACK,
        group=dict(duty.group),
        level=duty.level,
        summary=words.summary,
        action=words.action,
        starts_at=at,
        updated_at=now,
        detected_at=now,
        explain=words.explain,
    )


def duty_ended(alert: Alert, words: Words, at: datetime, now: datetime) -> Alert:
    """The next revision of `alert`: resolved at `at`, as announced at `now`."""
    return alert.model_copy(
        update={
            "revision": alert.revision + 1,
            "status": Status.RESOLVED,
            "summary": words.summary,
            "explain": words.explain,
            "action": words.action,
            "updated_at": now,
            "resolved_at": max(alert.starts_at, at),
        }
    )
