"""Which receivers hear of an alert."""

from schemas.duty import DUTY_PACK
from services.notifier.domain.route import group_by_receivers, select_receivers
from tests.notifier.alerts import alert, job

NAMES = ("slack", "slack-duty", "pagerduty")
DUTY = alert("d1", pack=DUTY_PACK)


def test_alerts_about_vedette_itself_go_to_the_duty_channel() -> None:
    assert select_receivers(DUTY, NAMES) == ("slack-duty", "pagerduty")
    assert select_receivers(alert(), NAMES) == ("slack", "pagerduty")


def test_without_a_duty_channel_they_go_to_the_watch() -> None:
    assert select_receivers(DUTY, ("slack",)) == ("slack",)


def test_the_digest_gets_alerts_that_are_or_may_have_been_history() -> None:
    names = ("slack", "slack-digest", "slack-duty")

    assert select_receivers(alert(backfill=True), names) == ("slack", "slack-digest")
    assert select_receivers(alert(revision=2), names) == ("slack", "slack-digest")
    assert select_receivers(alert(), names) == ("slack",)
    assert select_receivers(DUTY, names) == ("slack-duty",)


def test_each_job_is_routed_by_itself_and_keeps_its_order() -> None:
    first, second, third = job(alert("a1")), job(DUTY), job(alert("a2"))

    groups = group_by_receivers([first, second, third], NAMES)

    assert groups == {("slack", "pagerduty"): [first, third], ("slack-duty", "pagerduty"): [second]}
