from typing import Any

import pytest

from schemas.alert import Level, Status
from services.notifier.domain.page import build_event
from services.notifier.domain.ports import Notice
from tests.notifier.alerts import alert, evidence


def page(**changes: Any) -> dict[str, Any]:
    return build_event(Notice(alert(**changes)))


def test_a_firing_alert_triggers_under_its_id() -> None:
    built = page()

    assert (built["event_action"], built["dedup_key"]) == ("trigger", "a1")


@pytest.mark.parametrize("status", [Status.RESOLVED, Status.WITHDRAWN], ids=str)
def test_an_ended_alert_resolves_under_its_id(status: Status) -> None:
    assert page(status=status) == {"event_action": "resolve", "dedup_key": "a1"}


@pytest.mark.parametrize(
    ("level", "severity"),
    [
        (Level.CRITICAL, "critical"),
        (Level.HIGH, "error"),
        (Level.MEDIUM, "warning"),
        (Level.LOW, "info"),
        (Level.INFORMATIONAL, "info"),
    ],
)
def test_the_level_sets_the_severity(level: Level, severity: str) -> None:
    assert page(level=level)["payload"]["severity"] == severity


def test_the_page_links_to_the_reports() -> None:
    built = page(evidence=(evidence(1), evidence(2, url=None), evidence(3, url="file:///etc")))

    assert built["links"] == [{"href": "https://example.org/1", "text": "Report 1"}]


def test_the_page_shows_what_was_counted_and_who_reported() -> None:
    details = page()["payload"]["custom_details"]

    assert details["explain"] == "3 distinct endorsers in 7 d, 3 asked for"
    assert details["evidence"] == ["reuters (B2, 2026-11-22 11:59 UTC): Report 1"]


def test_a_long_summary_keeps_its_flags() -> None:
    summary = page(summary="x" * 5000, uncorroborated=True)["payload"]["summary"]

    assert len(summary.encode()) == 1024
    assert summary.endswith("… (uncorroborated)")
