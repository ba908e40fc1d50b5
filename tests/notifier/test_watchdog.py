"""The end of the watchdog's way: a metric, a call of the heartbeat service, and nobody told."""

import time
from datetime import datetime, timedelta

import pytest
from prometheus_client import REGISTRY
from pydantic import SecretStr
from structlog.testing import capture_logs

from services.environment import InvalidEnvironment, load
from services.notifier.adapters.watchdog import LONGEST_AGE, HeartbeatForwarder
from services.notifier.domain.route import select_receivers
from services.notifier.domain.routing.default_routes import make_default_routing
from services.notifier.settings import NotifierSettings
from tests.notifier.alerts import NOON, SECOND
from tests.notifier.watchdog_alerts import watchdog_alert
from tests.parts.waiting import until
from tests.standins.heartbeat import HeartbeatStandIn


def sample(name: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(f"vedette_notifier_{name}", labels)


def failures() -> float:
    return sample("heartbeats_total", result="failed") or 0.0


def now() -> datetime:
    return NOON + 2 * SECOND


def test_a_watchdog_goes_to_nobody() -> None:
    assert select_receivers(make_default_routing(["slack", "slack-duty"]), watchdog_alert()) == ()
    assert select_receivers(make_default_routing(["console"]), watchdog_alert()) == ()


def test_the_newest_watchdog_sets_its_time_and_latency() -> None:
    watchdog = HeartbeatForwarder(now)

    watchdog.receive(watchdog_alert(0))
    watchdog.receive(watchdog_alert(-30))

    assert sample("watchdog_timestamp_seconds", partition="3") == NOON.timestamp()
    assert sample("watchdog_latency_seconds", partition="3") == 2


def test_a_watchdog_calls_the_heartbeat_service() -> None:
    with HeartbeatStandIn() as service:
        watchdog = HeartbeatForwarder(now, SecretStr(f"{service.url}/beat/secret"))
        watchdog.start()
        try:
            watchdog.receive(watchdog_alert())
            until(lambda: service.calls, "a call", 10)
        finally:
            watchdog.stop(timeout=6)

    assert [call.name for call in service.calls] == ["beat/secret"]


def test_a_late_watchdog_calls_nobody() -> None:
    with HeartbeatStandIn() as service:
        watchdog = HeartbeatForwarder(
            lambda: NOON + LONGEST_AGE + timedelta(seconds=1), SecretStr(service.url)
        )
        watchdog.receive(watchdog_alert())
        watchdog.start()
        time.sleep(0.3)
        watchdog.stop(timeout=6)

    assert service.calls == []


def test_a_failing_heartbeat_service_blocks_nothing_and_its_address_is_not_logged() -> None:
    before = failures()
    with HeartbeatStandIn() as service, capture_logs() as lines:
        service.script_fault("status", status=500)
        watchdog = HeartbeatForwarder(now, SecretStr(f"{service.url}/beat/secret"))
        watchdog.start()
        watchdog.receive(watchdog_alert())
        until(lambda: failures() > before, "a failure", 10)
        watchdog.stop(timeout=6)

    assert [line["error"] for line in lines] == ["500"]
    assert "secret" not in str(lines)


def test_the_address_is_checked_at_the_start_and_never_shown() -> None:
    settings = load(NotifierSettings, {"VEDETTE_WATCHDOG_URL": "https://example.org/0f3a"})
    assert "0f3a" not in repr(settings)
    assert load(NotifierSettings, {"VEDETTE_WATCHDOG_URL": ""}).watchdog_url is None

    with pytest.raises(InvalidEnvironment, match="VEDETTE_WATCHDOG_URL"):
        load(NotifierSettings, {"VEDETTE_WATCHDOG_URL": "somewhere"})
