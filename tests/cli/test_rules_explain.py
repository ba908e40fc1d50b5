"""`vedette rules explain`: why a rule fired at a report, or did not."""

import json
from pathlib import Path

import pytest

from cli.faults import CommandFailure
from tests.cli.rules_command import run_rules
from tests.matcher.adapters.rules.packs import ROCKETS, changed, write_pack

GUARDED = changed(
    ROCKETS,
    "condition: fire",
    "drill: {words|contains: [drill, exercise]}\n      condition: fire and not drill",
)
CAMPAIGN = """
    title: A campaign
    name: campaign
    correlation:
      type: value_count
      rules: [rockets]
      timespan: 7d
      condition: {field: place, gte: 3}
    level: high
"""
EVENTS = [
    {"id": "1", "occurred_at": "2026-11-20T10:00:00Z", "place": "Taji", "text": "Rockets hit it."},
    {"id": "2", "occurred_at": "2026-11-21T10:00:00Z", "place": "Balad", "text": "Rockets hit it."},
    {"id": "3", "occurred_at": "2026-11-22T10:00:00Z", "text": "Rockets hit it in a drill."},
    {"id": "4", "occurred_at": "2026-11-23T10:00:00Z", "place": "Asad", "text": "Rockets hit it."},
]


@pytest.fixture
def arguments(tmp_path: Path) -> list[str]:
    pack = write_pack(tmp_path, indicators__rockets=GUARDED, indicators__campaign=CAMPAIGN)
    file = tmp_path / "events.jsonl"
    file.write_text("".join(f"{json.dumps(event)}\n" for event in EVENTS), encoding="utf-8")
    return ["--rules", str(pack), "--events", str(file)]


def run_explain(*arguments: str) -> list[str]:
    outcome = run_rules("explain", *arguments)
    assert outcome.exit_code == 0, outcome.stderr
    return [line.strip() for line in outcome.stdout.splitlines()]


def test_a_match_names_the_words_that_met_each_part(arguments: list[str]) -> None:
    assert run_explain("rockets", "--event", "1", *arguments) == [
        "rockets matches",
        "yes and",
        "yes fire",
        "yes words|phrase: rocket* hit* ~3  <- Rockets hit",
        "yes not",
        "no  drill",
        "no  words|contains: drill",
        "no  words|contains: exercise",
    ]


def test_a_labelled_report_is_explained_as_an_event_is(
    arguments: list[str], tmp_path: Path
) -> None:
    labelled = tmp_path / "events.jsonl"
    labelled.write_text(json.dumps(EVENTS[0] | {"expect": ["rockets"]}), encoding="utf-8")

    assert run_explain("rockets", "--event", "1", *arguments)[0] == "rockets matches"


def test_what_a_not_blocks_is_named_with_its_words(arguments: list[str]) -> None:
    lines = run_explain("rockets", "--event", "3", *arguments)

    assert lines[0] == "rockets does not match"
    assert lines[4:7] == ["no  not", "yes drill", "yes words|contains: drill  <- drill"]


def test_a_window_says_what_it_holds_and_lacks(arguments: list[str]) -> None:
    lines = run_explain("campaign", "--event", "2", *arguments)

    (window,) = [line for line in lines if line.startswith("campaign [")]
    assert window == "campaign []: holds 2; has 2 of 3, 6 days left; does not fire"
    assert "2026-11-21 10:00Z file 2 Balad, leaves 2026-11-28 10:00Z" in lines


def test_a_window_that_fires_says_so(arguments: list[str]) -> None:
    lines = run_explain("iraq/campaign", "--event", "4", *arguments)

    assert [line.partition(";")[0] for line in lines if line.startswith("campaign [")] == [
        "campaign []: holds 3"
    ]
    assert any("; fires: 3 distinct values of place" in line for line in lines)


def test_nothing_recorded_later_is_in_the_window(arguments: list[str]) -> None:
    assert "campaign []: holds 1; has 1 of 3" in "\n".join(
        run_explain("campaign", "--event", "1", *arguments)
    )


@pytest.mark.parametrize(
    ("rule", "event", "message"),
    [
        ("rocket", "1", r"^rocket: .* has no rule of this name .* \(did you mean rockets\?\)$"),
        ("rockets", "9", r"^--event 9: none of 4 events has this id$"),
    ],
)
def test_a_name_that_is_nothing_is_refused(
    arguments: list[str], rule: str, event: str, message: str
) -> None:
    with pytest.raises(CommandFailure, match=message):
        run_explain(rule, "--event", event, *arguments)
