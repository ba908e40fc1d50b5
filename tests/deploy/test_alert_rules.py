"""The alerts about Vedette itself: each fires and is silent when it should, and has its page."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
PROMETHEUS = ROOT / "deploy" / "prometheus"
RUNBOOKS = ROOT / "docs" / "runbooks"
CASES = sorted((PROMETHEUS / "tests").glob("*.yml"))
OF_PROMETHEUS = {"up", "process_start_time_seconds"}


def _read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def _rules() -> list[dict[str, Any]]:
    return [rule for group in _read(PROMETHEUS / "alerts.yml")["groups"] for rule in group["rules"]]


ALERTS = {rule["alert"]: rule for rule in _rules() if "alert" in rule}


def _cases() -> Iterator[tuple[str, bool]]:
    """The alert of each case, and whether it is to fire."""
    for path in CASES:
        for case in _read(path)["tests"]:
            for asked in case["alert_rule_test"]:
                yield asked["alertname"], bool(asked["exp_alerts"])


@pytest.mark.parametrize("alert", ALERTS)
def test_an_alert_has_a_firing_and_a_silent_case(alert: str) -> None:
    assert {fires for name, fires in _cases() if name == alert} == {True, False}


def test_no_case_is_about_an_alert_that_is_gone() -> None:
    assert {name for name, _ in _cases()} - ALERTS.keys() == set()


@pytest.mark.parametrize("alert", ALERTS)
def test_an_alert_names_its_runbook_which_says_what_to_look_at_and_to_do(alert: str) -> None:
    page = (ROOT / ALERTS[alert]["annotations"]["runbook_url"]).read_text(encoding="utf-8")
    assert re.findall(r"^#+ (.*)$", page, re.MULTILINE)[:1] == [alert]
    assert {"## Look", "## Do"} <= set(page.splitlines())
    assert f"**{ALERTS[alert]['labels']['severity'].capitalize()}.**" in page


def test_every_runbook_is_of_an_alert_and_listed() -> None:
    listed = set(re.findall(r"\[(\w+)\]\(\1\.md\)", (RUNBOOKS / "README.md").read_text("utf-8")))

    assert {path.stem for path in RUNBOOKS.glob("*.md")} - {"README"} == ALERTS.keys() == listed


def test_every_metric_that_a_rule_names_exists() -> None:
    sources = (ROOT / "services").rglob("*.py")
    code = "".join(path.read_text(encoding="utf-8") for path in sources)
    known = set(re.findall(r'"(vedette_\w+)"', code)) | OF_PROMETHEUS
    recorded = {rule["record"] for rule in _rules() if "record" in rule}

    named = set().union(*(_metrics(rule["expr"]) for rule in _rules()))

    assert {re.sub("_(bucket|count|sum)$", "", name) for name in named - recorded} <= known


def test_promtool_finds_every_case_as_it_says() -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is missing: run `make prometheus`")

    ran = subprocess.run(  # noqa: S603  (files of ours)
        [promtool, "test", "rules", *map(str, CASES)], capture_output=True, text=True, check=False
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr


def _metrics(expression: str) -> set[str]:
    """The names in an expression that stand where a metric does."""
    bare = re.sub(r"\b(by|on|ignoring|without)\s*\([^)]*\)", "", expression)
    bare = re.sub(r'"[^"]*"', "", re.sub(r"\{[^}]*\}", "", bare))
    names = re.findall(r"(?<![\w:.])([a-z][\w:]+)\b(?!\s*\()", bare)
    return {name for name in names if name not in {"and", "or", "unless", "offset", "by", "on"}}
