"""`vedette sources`, over the examples of the repository and over faulty files."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.sources import app

EXAMPLES = Path(__file__).parents[2] / "sources"
SAMPLES = {
    "partner": ("partner.json", 1),
    "telegram": ("telegram.json", 0),
    "slack": ("slack.json", 0),
    "mastodon": ("mastodon.json", 0),
    "sensors": ("sensors.json", 0),
    "incident-sheet": ("incidents.csv", 1),
    "archive": ("reports.jsonl", 0),
    "example-news": ("feed.xml", 0),
    "other-cluster": ("message.json", 0),
    "acled": ("acled.json", 0),
}


def run(*arguments: str, folder: Path = EXAMPLES, stdin: str = "") -> tuple[int, str, str]:
    command = [arguments[0], "--sources", str(folder), *arguments[1:]]
    result = CliRunner().invoke(app, command, input=stdin)
    return result.exit_code, result.stdout, result.stderr or str(result.exception or "")


def test_the_examples_have_no_fault() -> None:
    code, out, _ = run("check")

    assert code == 0
    assert "4 hook" in out
    assert out.endswith("no fault\n")


@pytest.mark.parametrize(("source", "sample"), SAMPLES.items(), ids=SAMPLES)
def test_each_sample_shows_its_events(source: str, sample: tuple[str, int]) -> None:
    name, expected = sample

    code, out, _ = run("try", source, "--file", str(EXAMPLES / "samples" / name))

    assert code == expected
    assert ": taken {" in out
    assert (": refused: " in out) == bool(expected)


@pytest.mark.parametrize(
    ("source", "sample", "is_letter"),
    [("incident-sheet", "incidents.csv", True), ("partner", "partner.json", False)],
    ids=["fetched", "pushed"],
)
def test_what_the_worker_would_refuse_is_said_to_become_a_dead_letter(
    source: str, sample: str, is_letter: bool
) -> None:
    _, out, _ = run("try", source, "--file", str(EXAMPLES / "samples" / sample))

    assert ("would make a dead letter of each" in out) == is_letter


def test_a_field_that_no_report_has_is_noted(tmp_path: Path) -> None:
    sheet = (EXAMPLES / "files.yaml").read_text(encoding="utf-8").replace("Summary", "Sumary")
    (tmp_path / "files.yaml").write_text(sheet.replace("Killed", "Kiled"), encoding="utf-8")
    sample = str(EXAMPLES / "samples" / "incidents.csv")

    _, out, _ = run("try", "incident-sheet", "--file", sample, folder=tmp_path)
    _, right, _ = run("try", "incident-sheet", "--file", sample)

    assert [line for line in out.splitlines() if line.startswith("note: ")] == [
        "note: title: no report has it: is 'Sumary' right?",
        "note: quantities.fatalities: no report has it: is 'Kiled' right?",
    ]
    assert "note: " not in right


def test_what_becomes_of_each_item_is_said_for_programs_too() -> None:
    sample = str(EXAMPLES / "samples" / "sensors.json")

    _, out, _ = run("try", "sensors", "--file", sample, "--format", "json")

    first, second = map(json.loads, out.splitlines())
    assert first["event"]["title"] == "Blast detected"
    assert second == {"place": "the body, item 2", "left_out": "mapping.only: severity != 'info'"}


def test_a_sample_may_come_from_standard_input() -> None:
    code, out, _ = run("try", "archive", "--file", "-", "--format", "json", stdin='{"id": "a"}\n')

    assert code == 1
    [error] = json.loads(out)["errors"]
    assert error["field"] == "title or text"


@pytest.mark.parametrize(
    ("source", "file", "reason"),
    [
        ("archve", "-", "did you mean archive?"),
        ("archive", "/nowhere", "/nowhere: No such file"),
    ],
)
def test_what_cannot_be_tried_is_said(source: str, file: str, reason: str) -> None:
    code, _, error = run("try", source, "--file", file)

    assert code != 0
    assert reason in error


def test_every_fault_is_reported_in_the_order_of_the_files(tmp_path: Path) -> None:
    (tmp_path / "b.yaml").write_text("id: b\nkind: fed\n---\n{id: c, kind: jsonl}")
    (tmp_path / "a.yaml").write_text("id: a")

    code, _, error = run("check", folder=tmp_path)
    _, out, _ = run("check", "--format", "json", folder=tmp_path)

    assert code == 1
    assert [line.partition(" ")[0] for line in error.splitlines()] == [
        f"{tmp_path}/a.yaml:1:",
        f"{tmp_path}/b.yaml:2:",
        f"{tmp_path}/b.yaml:4:",
    ]
    assert [json.loads(line)["field"] for line in out.splitlines()] == ["kind", "kind", "path"]


def test_a_source_with_a_fault_cannot_be_tried(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("id: a\nkind: fed")

    _, _, error = run("try", "a", "--file", "-", folder=tmp_path)

    assert "a.yaml:2: kind" in error


def test_a_missing_folder_is_said(tmp_path: Path) -> None:
    assert "no such folder" in run("check", folder=tmp_path / "none")[2]
