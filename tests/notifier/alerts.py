"""Alerts as these tests need them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from schemas.alert import Alert, Evidence, Level, RuleRef, Span, Status
from services.notifier.domain.ports import AlertPosition, Job
from services.trace_context import TraceContext

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def evidence(number: int = 1, **changes: Any) -> Evidence:
    """One graded report that names a militia."""
    fields: dict[str, Any] = {
        "event_id": f"e{number}",
        "source": "reuters",
        "reliability": "B",
        "credibility": 2,
        "occurred_at": NOON - timedelta(minutes=number),
        "recorded_at": NOON - timedelta(seconds=1),
        "url": f"https://example.org/{number}",
        "title": f"Report {number}",
        "excerpt": "Badr backs the march.",
        "spans": (Span(start=0, end=4),),
    }
    return Evidence.model_validate(fields | changes)


def alert(identity: str = "a1", revision: int = 1, **changes: Any) -> Alert:
    """A firing alert of level high with one piece of evidence."""
    fields: dict[str, Any] = {
        "id": identity,
        "fingerprint": f"f-{identity}",
        "revision": revision,
        "status": Status.FIRING,
        "rule": RuleRef(name="joint_march", title="Joint march", level=Level.HIGH),
        "pack": "iraq-2020",
        "group": {"country": "IQ"},
        "level": Level.HIGH,
        "summary": "3 proxies endorse the march",
        "starts_at": NOON - timedelta(hours=1),
        "updated_at": NOON,
        "detected_at": NOON,
        "value": 3,
        "evidence": (evidence(),),
        "evidence_count": 1,
        "explain": "3 distinct endorsers in 7 d, 3 asked for",
    }
    return Alert.model_validate(fields | changes)


TRACE = TraceContext("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7", state="vendor=1")
"""Of every job."""


def job(shown: Alert, offset: int = 0) -> Job:
    """The alert as it came from the topic."""
    position = AlertPosition(topic="t.alerts", partition=0, offset=offset)
    return Job(shown, wire(shown), position, TRACE)


def wire(shown: Alert) -> bytes:
    """The alert as the matcher writes it."""
    return shown.model_dump_json(exclude_defaults=True).encode()
