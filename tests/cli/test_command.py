import subprocess
import sys

import pytest


def vedette(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603  (our own command)
        [sys.executable, "-m", "cli", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def loaded_after(code: str) -> set[str]:
    script = f"import sys\n{code}\nprint(*sorted(sys.modules))"
    done = subprocess.run(  # noqa: S603  (our own code)
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True
    )
    return set(done.stdout.split())


def test_help_names_every_command() -> None:
    asked = vedette("--help")

    for name in ("up", "ingest", "matcher", "notifier", "replay", "rules", "topics", "ledger"):
        assert f" {name} " in asked.stdout


def test_an_unknown_command_is_a_usage_error() -> None:
    asked = vedette("conquer")

    assert asked.returncode == 2
    assert "Traceback" not in asked.stderr


def test_a_file_that_is_not_there_is_one_line_and_exit_code_2() -> None:
    asked = vedette("replay", "no-such-file.jsonl")

    assert asked.returncode == 2
    assert asked.stderr == "vedette: no-such-file.jsonl: No such file or directory\n"


def test_an_unknown_variable_stops_a_command_with_its_name() -> None:
    asked = subprocess.run(
        [sys.executable, "-m", "cli", "topics", "create"],
        env={"VEDETTE_CLOK": "recorded"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert asked.returncode == 2
    assert asked.stderr == (
        "vedette: VEDETTE_CLOK: no such setting (did you mean VEDETTE_CLOCK?)\n"
    )


@pytest.mark.parametrize("library", ["faust", "fastapi", "kafka", "slack_sdk"])
def test_the_rules_command_loads_no_service_library(library: str) -> None:
    modules = loaded_after("import cli.command, cli.rules")

    assert library not in modules


@pytest.mark.parametrize("library", ["kafka", "httpx", "sigma"])
def test_a_service_loads_nothing_of_the_other_commands(library: str) -> None:
    modules = loaded_after("import cli.command")

    assert library not in modules
