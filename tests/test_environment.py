"""From the environment to settings: what is wrong stops the start, by its name."""

from pathlib import Path

import pytest

from cli.settings import ApiSettings, ReaderSettings, ReplaySettings
from services.environment import InvalidEnvironment, ServiceSettings, VedetteSettings, load
from services.ingest.settings import IngestSettings as Ingest
from services.ingest.settings import WorkerSettings as Worker
from services.matcher.settings import MatcherSettings as Matcher
from services.matcher.settings import ReaderServiceSettings as Reader
from services.notifier.settings import NotifierSettings as Notifier
from services.variables import KNOWN, PREFIX, SECRETS


class Some(ServiceSettings):
    """Settings of no service."""

    port: int = 8080
    slack_token: str | None = None
    topic_prefix: str = "vedette."


def test_what_is_not_set_has_its_default() -> None:
    assert load(Some, {}) == Some(port=8080, topic_prefix="vedette.")


def test_what_is_set_is_read() -> None:
    assert load(Some, {"VEDETTE_PORT": "1234"}).port == 1234


def test_an_unknown_variable_stops_the_start_with_its_name() -> None:
    with pytest.raises(InvalidEnvironment, match="VEDETTE_PROT: no such setting"):
        load(Some, {"VEDETTE_PROT": "1"})


def test_a_malformed_variable_stops_the_start_with_its_name() -> None:
    with pytest.raises(InvalidEnvironment, match=r"VEDETTE_PORT: must be a whole number"):
        load(Some, {"VEDETTE_PORT": "many"})


@pytest.mark.parametrize("address", ["", "localhost:8082"])
def test_an_address_without_its_scheme_is_named(address: str) -> None:
    with pytest.raises(InvalidEnvironment, match="VEDETTE_API_URL: must begin with http://"):
        load(ApiSettings, {"VEDETTE_API_URL": address})


def test_every_fault_is_named_at_once() -> None:
    environment = {"VEDETTE_PROT": "1", "VEDETTE_PORT": "many", "VEDETTE_LOG_LEVEL": "loud"}

    with pytest.raises(InvalidEnvironment) as caught:
        load(Some, environment)

    assert all(name in str(caught.value) for name in environment)


def test_the_variable_of_another_service_is_no_fault() -> None:
    assert load(Some, {"VEDETTE_RULES_DIR": "rules"}) == load(Some, {})


def test_what_is_not_ours_is_left_alone() -> None:
    assert load(Some, {"PATH": "/bin", "VEDETTE_TEST_KAFKA": "host:1"}) == load(Some, {})


def test_a_secret_may_stand_in_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "token"
    secret.write_text("xoxb-1\n")

    loaded = load(Some, {"VEDETTE_SLACK_TOKEN_FILE": str(secret)})

    assert loaded == Some(slack_token="xoxb-1")  # noqa: S106  (no secret)


def test_a_secret_file_that_is_missing_stops_the_start_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(InvalidEnvironment, match="VEDETTE_SLACK_TOKEN_FILE: No such file"):
        load(Some, {"VEDETTE_SLACK_TOKEN_FILE": str(tmp_path / "none")})


def test_a_token_file_that_is_empty_is_named_and_no_stack_trace(tmp_path: Path) -> None:
    empty = tmp_path / "token"
    empty.write_text("\n")

    with pytest.raises(InvalidEnvironment, match="VEDETTE_API_TOKEN_FILE: it is empty"):
        load(ApiSettings, {"VEDETTE_API_TOKEN_FILE": str(empty)})


def test_the_secret_file_of_another_service_is_not_read(tmp_path: Path) -> None:
    theirs = {"VEDETTE_PAGERDUTY_ROUTING_KEY_FILE": str(tmp_path / "not mounted here")}

    assert load(Some, theirs) == load(Some, {})


def test_a_fault_never_shows_a_value() -> None:
    with pytest.raises(InvalidEnvironment) as caught:
        load(Some, {"VEDETTE_PORT": "hunter2"})

    assert "hunter2" not in str(caught.value)


def test_settings_come_from_the_given_environment_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VEDETTE_PORT", "1")

    assert load(Some, {}).port == 8080


def test_the_known_names_are_those_of_the_services_and_the_command() -> None:
    commands = (VedetteSettings, ReaderSettings, ReplaySettings, ApiSettings)
    readers = (Ingest, Worker, Matcher, Reader, Notifier, *commands)

    fields = {name for reader in readers for name in reader.model_fields}

    assert {PREFIX + name.upper() for name in fields} == KNOWN
    assert SECRETS <= KNOWN
