"""`rules new`: every type gives a rule that passes, under a name of one's own."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.faults import CommandFailure
from cli.rule_types.reference import write_reference
from cli.rule_types.templates import RuleChoices, fill_in, list_types
from cli.rules import app
from schemas.alert import Level
from schemas.rule import CorrelationType

DOCS = Path(__file__).parents[2] / "docs"
FLAGS = ("--name", "convoy", "--title", "A convoy: it moves", "--level", "high")


def new(kind: str, folder: Path, *flags: str, given: str | None = None) -> Result:
    command = ["new", kind, "--rules", str(folder), *flags]
    return CliRunner().invoke(app, command, input=given, catch_exceptions=False)


def test_there_is_an_example_of_a_detection_and_of_every_type_of_correlation() -> None:
    assert set(list_types()) == {"detection", *map(str, CorrelationType)}


@pytest.mark.parametrize("kind", list_types())
def test_a_new_rule_passes_its_cases(tmp_path: Path, kind: str) -> None:
    result = new(kind, tmp_path / "mine", *FLAGS)

    assert result.exit_code == 0, result.output
    assert "2 cases pass, 0 fail" in result.stdout
    text = (tmp_path / "mine" / "indicators" / "convoy.yaml").read_text()
    assert 'title: "A convoy: it moves"\nname: convoy\n' in text
    assert "level: high" in text
    assert "example" not in text


def test_what_is_not_given_is_asked_for(tmp_path: Path) -> None:
    result = new("detection", tmp_path / "mine", given="convoy\nA convoy moves\nlow\n")

    assert result.exit_code == 0, result.output
    assert "level: low" in (tmp_path / "mine" / "indicators" / "convoy.yaml").read_text()


def test_a_pack_that_is_there_keeps_its_head(tmp_path: Path) -> None:
    (tmp_path / "pack.yaml").write_text("title: Ours\nowner: desk\n")

    new("detection", tmp_path, *FLAGS)

    assert (tmp_path / "pack.yaml").read_text() == "title: Ours\nowner: desk\n"


def test_editors_are_told_the_schema_where_there_is_one_above(tmp_path: Path) -> None:
    (tmp_path / "schemas" / "json").mkdir(parents=True)

    new("reversal", tmp_path / "rules" / "mine", *FLAGS)

    first = {
        path.name: path.read_text().splitlines()[0]
        for path in (tmp_path / "rules" / "mine").rglob("*.yaml")
    }
    mark = "# yaml-language-server: $schema="
    assert first == {
        "pack.yaml": f"{mark}../../schemas/json/pack.json",
        "convoy.yaml": f"{mark}../../../schemas/json/rule.json",
        "convoy_sides.yaml": f"{mark}../../../schemas/json/named-list.json",
    }


@pytest.mark.parametrize(
    ("kind", "flags", "fault"),
    [
        ("evnt_counts", FLAGS, "'TYPE': 'evnt_counts' is none of detection, absence"),
        ("detection", ("--name", "../x", *FLAGS[2:]), "'--name': '../x': a-z first"),
        ("detection", (*FLAGS[:3], " ", *FLAGS[4:]), "'--title': must not be empty"),
        ("detection", (*FLAGS[:5], "hihg"), "'--level': 'hihg' is none of informational"),
    ],
    ids=["type", "name", "title", "level"],
)
def test_a_wrong_choice_is_named_and_nothing_is_written(
    tmp_path: Path, kind: str, flags: tuple[str, ...], fault: str
) -> None:
    result = new(kind, tmp_path / "mine", *flags)

    assert result.exit_code == 2
    assert fault in " ".join(result.stderr.replace("│", " ").split())
    assert not (tmp_path / "mine").exists()


def test_a_wrong_answer_is_asked_again_at_once(tmp_path: Path) -> None:
    answers = ("Convoy", "convoy", " ", "A convoy moves", "hihg", "high")

    result = new("detection", tmp_path / "mine", given="\n".join(answers) + "\n")

    assert result.exit_code == 0, result.output
    assert result.stdout.count("Error: ") == 3
    assert "Error: 'hihg' is none of informational, low, medium, high, critical;" in result.stdout


def test_an_unknown_type_is_refused_before_anything_is_asked(tmp_path: Path) -> None:
    result = new("evnt_counts", tmp_path / "mine", given="convoy\nA convoy moves\nlow\n")

    assert result.exit_code == 2
    assert "Name" not in result.output


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    new("detection", tmp_path, *FLAGS)

    with pytest.raises(CommandFailure, match=r"convoy\.yaml exists: choose another --name"):
        new("event_count", tmp_path, *FLAGS)


def test_a_name_that_a_rule_of_the_pack_has_is_refused(tmp_path: Path) -> None:
    new("detection", tmp_path, *FLAGS)
    (tmp_path / "indicators" / "convoy.yaml").rename(tmp_path / "indicators" / "other.yaml")

    with pytest.raises(CommandFailure, match=r"other\.yaml has a rule 'convoy'"):
        new("detection", tmp_path, *FLAGS)


def test_a_title_with_quotes_stays_what_it_is() -> None:
    choices = RuleChoices("convoy", 'He said "go" \\1', Level.LOW)

    (text,) = fill_in("detection", choices).values()

    assert 'title: "He said \\"go\\" \\\\1"' in text


def test_the_reference_is_what_the_examples_say() -> None:
    assert (DOCS / "rule-types.md").read_text(encoding="utf-8") == write_reference()


def test_rules_with_a_longer_name_are_not_among_its_cases(tmp_path: Path) -> None:
    new("detection", tmp_path, *FLAGS)

    result = new("detection", tmp_path, "--name", "con", *FLAGS[2:])

    assert "2 cases pass, 0 fail" in result.stdout
