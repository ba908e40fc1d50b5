"""The end of the watchdog's way: a metric, a call of the heartbeat service, and nobody told."""

import time
from datetime import datetime, timedelta

import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from schemas.alert import Alert
from schemas.duty import DUTY_PACK, WATCHDOG
from services.environment import InvalidEnvironment, load
from services.notifier.adapters.watchdog import LONGEST_AGE, HeartbeatForwarder
from services.notifier.domain.route import select_receivers
from services.notifier.settings import NotifierSettings
from tests.notifier.alerts import NOON, SECOND, alert
from tests.parts.waiting import until
from tests.standins.heartbeat import HeartbeatStandIn


def beat(seconds: float = 0, partition: str = "3") -> Alert:
    rule = {"name": WATCHDOG, "title": "HeartbeatForwarder", "level": "informational"}
    return alert(
        pack=DUTY_PACK,
        rule=rule,
        group={"partition": partition},
        starts_at=NOON + seconds * SECOND,
    )


def sample(name: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(f"vedette_notifier_{name}", labels)


def failures() -> float:
    return sample("heartbeats_total", result="failed") or 0.0


def now() -> datetime:
    return NOON + 2 * SECOND


def test_nobody_is_told_of_it() -> None:
    assert select_receivers(beat(), ("slack", "slack-duty", "pagerduty")) == ()
    assert select_receivers(beat(), ("console",)) == ()


def test_it_says_when_the_newest_was_sent_and_how_long_it_took() -> None:
    watchdog = HeartbeatForwarder(now)

    watchdog.receive(beat(0))
    watchdog.receive(beat(-30))

    assert sample("watchdog_timestamp_seconds", partition="3") == NOON.timestamp()
    assert sample("watchdog_latency_seconds", partition="3") == 2


def test_a_heartbeat_service_is_called_when_one_comes_through() -> None:
    with HeartbeatStandIn() as service:
        watchdog = HeartbeatForwarder(now, f"{service.url}/beat/secret")
        watchdog.start()
        try:
            watchdog.receive(beat())
            until(lambda: service.calls, "a call", 10)
        finally:
            watchdog.stop()

    assert [call.name for call in service.calls] == ["beat/secret"]


def test_what_took_too_long_is_no_sign_of_life() -> None:
    with HeartbeatStandIn() as service:
        watchdog = HeartbeatForwarder(
            lambda: NOON + LONGEST_AGE + timedelta(seconds=1), service.url
        )
        watchdog.receive(beat())
        watchdog.start()
        time.sleep(0.3)
        watchdog.stop()

    assert service.calls == []


def test_a_service_that_fails_holds_nothing_up_and_its_address_is_not_told() -> None:
    before = failures()
    with HeartbeatStandIn() as service, capture_logs() as lines:
        service.wrong("status", status=500)
        watchdog = HeartbeatForwarder(now, f"{service.url}/beat/secret")
        watchdog.start()
        watchdog.receive(beat())
        until(lambda: failures() > before, "a failure", 10)
        watchdog.stop()

    assert [line["error"] for line in lines] == ["500"]
    assert "secret" not in str(lines)


def test_the_address_is_checked_at_the_start_and_never_shown() -> None:
    settings = load(NotifierSettings, {"VEDETTE_WATCHDOG_URL": "https://example.org/secret"})
    assert "secret" not in repr(settings)
    assert load(NotifierSettings, {"VEDETTE_WATCHDOG_URL": ""}).watchdog_url is None

    with pytest.raises(InvalidEnvironment, match="VEDETTE_WATCHDOG_URL"):
        load(NotifierSettings, {"VEDETTE_WATCHDOG_URL": "somewhere"})
