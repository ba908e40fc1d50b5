"""What the doctor finds in the environment, whatever service it is of."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.doctor.check_result import CheckStatus
from cli.doctor.command import app
from cli.doctor.environment import examine_environment


def test_every_service_may_find_a_fault_in_the_environment() -> None:
    environment = {
        "VEDETTE_WATCHDOG_SECONDS": "30s",
        "VEDETTE_WEBHOOK_URL": "receiver",
        "VEDETTE_MEMORY_LIMIT": "2GG",
    }

    found = list(examine_environment(environment))

    assert {each.text.partition(":")[0] for each in found} == environment.keys()
    assert all(each.status is CheckStatus.FAULT and each.remedy for each in found)
    assert not list(examine_environment({}))


def test_a_secret_that_nobody_filled_is_noted(tmp_path: Path) -> None:
    empty, filled = tmp_path / "slack", tmp_path / "key"
    empty.write_text("\n")
    filled.write_text("a" * 32)
    environment = {
        "VEDETTE_SLACK_TOKEN_FILE": str(empty),
        "VEDETTE_PAGERDUTY_ROUTING_KEY_FILE": str(filled),
    }

    [found] = examine_environment(environment)

    assert found.status is CheckStatus.NOTE
    assert found.text.startswith(f"VEDETTE_SLACK_TOKEN_FILE: {empty} is empty")


def test_a_fault_of_the_doctors_own_settings_hides_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("VEDETTE_KAFKA_BOOTSTRAP_SERVERS", "")
    monkeypatch.setenv("VEDETTE_ROUTES_FILE", "/none")

    output = CliRunner().invoke(app, []).output

    assert "VEDETTE_KAFKA_BOOTSTRAP_SERVERS: " in output
    assert "VEDETTE_ROUTES_FILE: /none: no such file" in output


def test_a_file_that_the_environment_names_and_is_not_there_is_a_fault(tmp_path: Path) -> None:
    missing, there = tmp_path / "missing", str(tmp_path)
    environment = {
        "VEDETTE_ROUTES_FILE": f"{missing}.yaml",
        "VEDETTE_SOURCES_DIR": f"{missing}",
        "VEDETTE_RULES_DIR": there,
        "VEDETTE_PORT": "many",
    }

    found = [each.text for each in examine_environment(environment)]

    assert sorted(found) == [
        "VEDETTE_PORT: must be a whole number",
        f"VEDETTE_ROUTES_FILE: {missing}.yaml: no such file",
        f"VEDETTE_SOURCES_DIR: {missing}: no such folder",
    ]
