"""`rules backtest`: its page, and what outcomes measure."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.faults import CommandFailure
from cli.rules import app
from tests.matcher.adapters.rules.packs import write_pack

EVENTS = [
    {
        "id": "1",
        "source": "a",
        "occurred_at": "2020-01-03T10:00:00Z",
        "recorded_at": "2020-01-03T10:00:00Z",
        "place": "<Taji>",
        "text": "Rockets hit <b>Taji</b>.",
    },
    {
        "id": "2",
        "source": "a",
        "occurred_at": "2020-01-05T10:00:00Z",
        "recorded_at": "2020-01-05T10:00:00Z",
        "text": "Badr is quiet.",
    },
]
OUTCOMES = """
outcomes:
  - {name: The base falls, at: 2020-01-06T10:00:00Z, rules: [rockets], within: 4d}
  - {name: The second falls, at: 2020-03-06T10:00:00Z, rules: [rockets]}
"""


def backtest(folder: Path, *options: str, outcomes: str | None = None) -> Result:
    given = "".join(json.dumps(event) + "\n" for event in EVENTS)
    arguments = ["backtest", "--rules", str(write_pack(folder)), "--events", "-", *options]
    if outcomes is not None:
        file = folder / "outcomes.yaml"
        file.write_text(outcomes)
        arguments += ["--outcomes", str(file)]
    return CliRunner().invoke(app, arguments, input=given, catch_exceptions=False)


def test_outcomes_measure_how_long_before_people_had_an_alert(tmp_path: Path) -> None:
    result = backtest(tmp_path, "--format", "table", outcomes=OUTCOMES)

    assert "rockets: precision 1.00, recall 0.50, median lead 3.0 d\n" in result.stdout
    assert "2020-01-06 10:00 The base falls: rockets warned of it 3.0 d before\n" in result.stdout
    assert "2020-03-06 10:00 The second falls: nothing warned of it\n" in result.stdout


def test_outcomes_are_lines_for_programs_too(tmp_path: Path) -> None:
    result = backtest(tmp_path, outcomes=OUTCOMES)

    alert, rule, warned, missed = map(json.loads, result.stdout.splitlines())
    assert rule == {
        "measured": "rockets",
        "alerts": 1,
        "right": 1,
        "precision": 1.0,
        "recall": 0.5,
        "median_lead_seconds": 259200.0,
    }
    assert (warned["warned_by"], warned["lead_seconds"]) == (alert["id"], 259200.0)
    assert (missed["warned_by"], missed["lead_seconds"]) == (None, None)


def test_the_page_has_a_time_line_and_nothing_of_a_report_is_markup(tmp_path: Path) -> None:
    page = backtest(tmp_path, "--format", "html", outcomes=OUTCOMES).stdout

    assert "<svg" in page
    assert page.count('<rect class="high"') == 1
    assert 'class="warned"' in page
    assert 'class="missed"' in page
    assert "&lt;b&gt;Taji&lt;/b&gt;" in page
    assert "<Taji>" not in page


def test_a_page_of_no_events_is_a_page(tmp_path: Path) -> None:
    arguments = ["backtest", "--rules", str(write_pack(tmp_path)), "--events", "-"]
    result = CliRunner().invoke(app, [*arguments, "--format", "html"], input="")

    assert result.exit_code == 0
    assert "Backtest of 0 events" in result.stdout


@pytest.mark.parametrize(
    ("outcomes", "fault"),
    [
        ("outcomes: [{name: x, at: 2020-01-06T10:00:00Z, rules: []}]", ":1: outcomes"),
        ("outcomes: [{name: x, at: 2020-01-06T10:00:00Z, rules: [roket]}]", "alerts as 'roket'"),
        ("outcomes: [{name: x, at: yesterday, rules: [rockets]}]", "outcomes"),
        ("outcomes: [", "outcomes.yaml:1"),
        ("# none yet\n", "outcomes.yaml:1: is empty"),
    ],
    ids=["no rule", "unknown rule", "no time", "no YAML", "nothing"],
)
def test_a_fault_of_the_outcomes_is_named_with_its_line(
    tmp_path: Path, outcomes: str, fault: str
) -> None:
    with pytest.raises(CommandFailure, match=fault):
        backtest(tmp_path, outcomes=outcomes)


def test_outcomes_that_are_not_there_are_named(tmp_path: Path) -> None:
    with pytest.raises(CommandFailure, match=r"none\.yaml: No such file"):
        backtest(tmp_path, "--outcomes", "none.yaml")
