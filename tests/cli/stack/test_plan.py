from dataclasses import replace
from pathlib import Path

import pytest

from cli.faults import CommandFailure
from cli.stack.plan import PORTS, Plan, check_exposure, service_environment
from services.variables import KNOWN

RULES = Path("rules/some-pack")
FOLDER = Path("/somewhere")


def plan(*, demo: bool = False, host: str = "127.0.0.1") -> Plan:
    ports = {**PORTS, "broker": 9001}
    return Plan(RULES, ports, host, demo=demo, terminal={"COLUMNS": "120"})


def test_a_service_finds_the_embedded_parts() -> None:
    environment = service_environment(plan(), {}, FOLDER, "matcher")

    assert environment["VEDETTE_KAFKA_BOOTSTRAP_SERVERS"] == "127.0.0.1:9001"
    assert environment["VEDETTE_REDIS_URL"] == "unix:///somewhere/redis.sock"
    assert environment["VEDETTE_STORIES_REDIS_URL"] == "unix:///somewhere/stories.sock"
    assert environment["VEDETTE_RULES_DIR"] == "rules/some-pack"


def test_the_services_do_not_wait_for_a_broker_that_does_not_wake_them() -> None:
    environment = service_environment(plan(), {}, FOLDER, "notifier")

    assert int(environment["VEDETTE_KAFKA_FETCH_WAIT_MS"]) <= 50


def test_each_service_gets_its_own_port() -> None:
    ports = [service_environment(plan(), {}, FOLDER, name)["VEDETTE_PORT"] for name in PORTS]

    assert ports == ["8080", "6066", "8082"]


def test_every_service_finds_the_folder_of_sources_and_no_other() -> None:
    inherited = {"VEDETTE_SOURCES_DIR": "elsewhere"}
    with_sources = replace(plan(), sources=Path("/my/sources"))

    found = service_environment(with_sources, inherited, FOLDER, "ingest")
    without = service_environment(plan(), inherited, FOLDER, "ingest")

    assert found["VEDETTE_SOURCES_DIR"] == "/my/sources"
    assert "VEDETTE_SOURCES_DIR" not in without


def test_what_the_user_set_is_passed_on() -> None:
    inherited = {"PATH": "/bin", "VEDETTE_SLACK_TOKEN": "xoxb", "VEDETTE_SLACK_CHANNEL": "#watch"}

    environment = service_environment(plan(), inherited, FOLDER, "notifier")

    assert inherited.items() <= environment.items()


def test_the_users_kafka_and_redis_are_not_used() -> None:
    inherited = {"VEDETTE_KAFKA_BOOTSTRAP_SERVERS": "kafka:9092", "VEDETTE_REDIS_URL": "redis://r"}

    environment = service_environment(plan(), inherited, FOLDER, "notifier")

    assert not set(inherited.values()) & set(environment.values())


def test_the_embedded_parts_know_no_users_and_no_certificates() -> None:
    admission = {name for name in KNOWN if name.startswith(("VEDETTE_KAFKA_S", "VEDETTE_KAFKA_C"))}
    files = {"VEDETTE_KAFKA_KEY_FILE", "VEDETTE_KAFKA_SASL_PASSWORD_FILE", "VEDETTE_REDIS_URL_FILE"}

    environment = service_environment(
        plan(), dict.fromkeys(admission | files, "theirs"), FOLDER, "matcher"
    )

    assert "theirs" not in environment.values()


@pytest.mark.parametrize(
    "variable", ["VEDETTE_SLACK_TOKEN", "VEDETTE_PAGERDUTY_ROUTING_KEY", "VEDETTE_WEBHOOK_URL"]
)
@pytest.mark.parametrize("form", ["", "_FILE"])
def test_a_demo_pages_nobody(variable: str, form: str) -> None:
    environment = service_environment(
        plan(demo=True), {variable + form: "secret"}, FOLDER, "notifier"
    )

    assert "secret" not in environment.values()


@pytest.mark.parametrize(("demo", "clock"), [(True, "recorded"), (False, "wall")])
def test_a_demo_runs_on_the_recorded_clock_whatever_the_user_set(demo: bool, clock: str) -> None:
    environment = service_environment(plan(demo=demo), {"VEDETTE_CLOCK": "other"}, FOLDER, "ingest")

    assert environment["VEDETTE_CLOCK"] == clock


def test_ingest_is_open_only_without_a_token_file() -> None:
    without = service_environment(plan(), {}, FOLDER, "ingest")
    with_one = service_environment(
        plan(), {"VEDETTE_INGEST_TOKENS_FILE": "t.yaml"}, FOLDER, "ingest"
    )

    assert without["VEDETTE_INGEST_OPEN"] == "true"
    assert "VEDETTE_INGEST_OPEN" not in with_one


def test_only_the_service_that_speaks_to_people_knows_the_terminal() -> None:
    columns = [service_environment(plan(), {}, FOLDER, name).get("COLUMNS") for name in PORTS]

    assert columns == [None, None, "120"]


def test_a_service_that_listens_everywhere_is_reached_on_loopback() -> None:
    everywhere = "0.0.0.0"  # noqa: S104  (nothing listens in this test)

    url = plan(host=everywhere).url("ingest")

    assert url == "http://127.0.0.1:8080"


@pytest.mark.parametrize("given", ["true", "false"])
def test_what_the_user_set_about_openness_is_passed_on_but_for_a_demo(given: str) -> None:
    inherited = {"VEDETTE_INGEST_OPEN": given}

    environment = service_environment(plan(), inherited, FOLDER, "ingest")
    demo = service_environment(plan(demo=True), inherited, FOLDER, "ingest")

    assert (environment["VEDETTE_INGEST_OPEN"], demo["VEDETTE_INGEST_OPEN"]) == (given, "true")


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "localhost", "::1"])
def test_this_machine_alone_needs_no_token(host: str) -> None:
    check_exposure(plan(host=host), {})


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "desk.example"])  # noqa: S104
def test_a_network_gets_an_open_ingest_only_if_that_was_asked_for(host: str) -> None:
    check_exposure(plan(host=host), {"VEDETTE_INGEST_TOKENS_FILE": "t.yaml"})
    check_exposure(plan(host=host), {"VEDETTE_INGEST_OPEN": "true"})

    with pytest.raises(CommandFailure, match="VEDETTE_INGEST_TOKENS_FILE"):
        check_exposure(plan(host=host), {})
