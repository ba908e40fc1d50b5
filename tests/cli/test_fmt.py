"""`vedette rules fmt`: the files of packs in their form, or what would change."""

from pathlib import Path

import pytest

from cli.faults import CommandFailure
from tests.cli.rules_command import run_rules

UNTIDY = "name:  a\nwords: {en: [ b ]}\n"
TIDY = "name: a\nwords: {en: [b]}\n"


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "a.yaml").write_text(UNTIDY, encoding="utf-8")
    (tmp_path / "pack.yaml").write_text("title: T\nowner: desk\n", encoding="utf-8")
    (tmp_path / "README.md").write_text("# not  ours\n", encoding="utf-8")
    return tmp_path


def run_fmt(*arguments: str | Path) -> tuple[int, str]:
    outcome = run_rules("fmt", *map(str, arguments))
    return outcome.exit_code, outcome.output


def test_it_formats_the_files_of_a_folder_and_names_what_it_changed(pack: Path) -> None:
    code, output = run_fmt(pack)

    assert (pack / "lists" / "a.yaml").read_text("utf-8") == TIDY
    assert code == 0
    assert output == f"{pack / 'lists' / 'a.yaml'}: formatted\n2 files, 1 formatted\n"


def test_check_changes_nothing_and_fails(pack: Path) -> None:
    code, output = run_fmt("--check", pack)

    assert (pack / "lists" / "a.yaml").read_text("utf-8") == UNTIDY
    assert code == 1
    assert f"{pack / 'lists' / 'a.yaml'}: would be formatted" in output


def test_check_passes_what_is_in_form(pack: Path) -> None:
    run_fmt(pack)

    assert run_fmt("--check", pack) == (0, "2 files, 0 to be formatted\n")


def test_files_that_are_not_yaml_are_left_out(pack: Path) -> None:
    assert run_fmt(pack / "README.md", pack / "pack.yaml") == (0, "1 file, 0 formatted\n")


def test_a_faulty_file_is_named_and_stops_no_other(pack: Path) -> None:
    (pack / "bad.yaml").write_bytes(b"name: a\ntitle: \xff\n")

    code, output = run_fmt(pack)

    assert code == 1
    assert f"{pack / 'bad.yaml'}:2: is not UTF-8" in output
    assert (pack / "lists" / "a.yaml").read_text("utf-8") == TIDY


def test_a_file_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(CommandFailure, match="no such file or folder"):
        run_fmt(tmp_path / "none.yaml")
