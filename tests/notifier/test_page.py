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

    assert details["why"] == "3 distinct endorsers in 7 d, 3 asked for"
    assert details["what"] == "3 proxies endorse the march"
    assert details["evidence"] == ["reuters (B2, 11:59Z): Report 1"]


def test_the_page_is_headed_like_the_message() -> None:
    assert page()["payload"]["summary"] == "🟠 HIGH · NEW · Joint march · country: IQ"


def test_a_long_headline_is_cut() -> None:
    summary = page(group={"place": "x" * 5000})["payload"]["summary"]

    assert len(summary.encode()) == 1024
    assert summary.endswith("…")


def test_the_short_form_has_no_details() -> None:
    built = build_event(Notice(alert(), short=True))

    assert (built["payload"]["custom_details"], built["links"]) == ({}, [])
