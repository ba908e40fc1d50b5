"""Nothing that somebody wrote controls a terminal or a table."""

import io
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from cli.__main__ import main
from cli.dead_letters import build_table
from cli.ledger import build_tables
from cli.output import escape_controls
from cli.rules import app
from schemas.ledger import Act, LedgerLine
from tests.matcher.adapters.rules.packs import ROCKETS, changed, write_pack

HOSTILE = "\x1b]0;owned\x07\x9b2J\u202e[red]:bomb:[/red]\nforged: line"
SHOWN = "\\u001b]0;owned\\u0007\\u009b2J\\u202e[red]:bomb:[/red]\\nforged: line"


def test_what_controls_a_terminal_is_escaped_and_words_are_kept() -> None:
    words = "مليونية نمی\u200cشود 👩\u200d🚒 naïve"

    assert escape_controls(HOSTILE) == SHOWN
    assert escape_controls(words) == words
    assert json.loads(escape_controls(json.dumps([HOSTILE], ensure_ascii=False))) == [HOSTILE]


def test_no_key_and_no_pack_name_controls_the_terminal(tmp_path: Path) -> None:
    rule = f"{ROCKETS}    {json.dumps(HOSTILE)}: 1\n"
    pack = write_pack(tmp_path, "pack\x1b[2J", indicators__rockets=rule)

    result = CliRunner().invoke(app, ["check", "--rules", str(pack)])

    [line] = result.stderr.splitlines()
    assert line.isprintable()
    assert SHOWN in line
    assert "pack\\u001b[2J" in line


@pytest.mark.parametrize("form", ["json", "table"])
def test_no_template_controls_the_terminal_or_the_table(tmp_path: Path, form: str) -> None:
    summary = "\x9b2J[red]:bomb:[/]"
    rule = changed(ROCKETS, 'Rockets at {{ place }}"}', f'{json.dumps(summary)[1:-1]}"}}')
    pack = write_pack(tmp_path, indicators__rockets=rule)
    (tmp_path / "events").write_text('{"id": "a", "text": "Rockets hit the base."}')

    options = ["--events", str(tmp_path / "events"), "--rules", str(pack), "--format", form]
    result = CliRunner().invoke(app, ["backtest", *options], env={"COLUMNS": "200"})

    assert "\\u009b2J[red]:bomb:[/]" in result.stdout
    assert all(line.isprintable() for line in result.stdout.splitlines())


def test_the_tables_of_other_commands_show_markup_as_it_is() -> None:
    at = datetime(2020, 1, 1, tzinfo=UTC)
    line = LedgerLine(
        at=at, alert=HOSTILE, fingerprint="f", revision=1, act=Act.FAILED, reason=HOSTILE
    )
    letter = dict.fromkeys(("reason", "where", "topic", "partition", "offset", "value"), HOSTILE)
    console = Console(width=1_000, file=io.StringIO(), force_terminal=False)

    console.print(*build_tables([line]), build_table([letter | {"at": at.isoformat()}]))

    assert isinstance(console.file, io.StringIO)
    printed = console.file.getvalue()
    assert printed.count(SHOWN) == 8
    assert all(line.isprintable() for line in printed.splitlines())


def test_a_failure_of_a_command_controls_no_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["vedette", "rules", "check", "--rules", "a\x1b[2J"])

    with pytest.raises(SystemExit):
        main()

    assert capsys.readouterr().err == "vedette: a\\u001b[2J: no such folder\n"
