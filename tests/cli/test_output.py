"""Words of reports on a terminal: no markup, no line, nothing that it obeys."""

import io
import json
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from rich.console import Console
from rich.table import Table
from typer.testing import CliRunner

from cli import dead_letters, ledger
from cli.output import escape_controls, plain_text
from cli.rules import app
from schemas.ledger import Act, LedgerLine
from services.report_text import FSI, PDI
from tests.matcher.adapters.rules.packs import write_pack
from tests.notifier.alerts import NOON

HIDDEN = "\x85\x9b\u2028\u2029\u200b\u202e\u2066\ufeff\U000e0041"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"in {FSI}البصرة{PDI}", f"in {FSI}البصرة{PDI}"),
        (f"in {FSI}البصرة", "in \\u2068البصرة"),
        (f"in {PDI}البصرة{FSI}", "in \\u2069البصرة\\u2068"),
        (f"{FSI}a{FSI}b{PDI}{PDI}", "\\u2068a\\u2068b\\u2069\\u2069"),
    ],
)
def test_isolates_are_shown_where_all_are_closed(text: str, shown: str) -> None:
    assert plain_text(text).plain == shown


def list_dead_letter(words: str) -> Iterable[Table]:
    letter = dict.fromkeys(("at", "reason", "where", "topic", "partition", "offset"), "1")
    return [dead_letters.build_table([letter | {"reason": words, "value": words}])]


def show_ledger(words: str) -> Iterable[Table]:
    line = LedgerLine(
        at=NOON, act=Act.FAILED, fingerprint="f1", alert="a1", revision=1, reason=words
    )
    return ledger.build_tables([line])


@pytest.mark.parametrize("list_rows", [list_dead_letter, show_ledger])
def test_words_of_a_report_stay_in_their_row(list_rows: Callable[[str], Iterable[Table]]) -> None:
    output = io.StringIO()

    for table in list_rows("\x1b[31mBasra\u2028\n\u202eConfirmed"):
        Console(file=output, width=200).print(table)

    assert "[31mBasra" in output.getvalue()
    assert not set("\x1b\u202e\u2028") & set(output.getvalue())


@pytest.mark.parametrize("output", ["table", "json"])
def test_a_backtest_prints_summaries_as_they_are(tmp_path: Path, output: str) -> None:
    pack = write_pack(tmp_path)
    event = {"id": "1", "source": "a", "occurred_at": "2020-01-03T10:00:00Z"}
    event |= {"text": "Rockets hit Taji.", "place": "[red]Taji\u2028\u202eOK[/red]"}

    shown = CliRunner().invoke(
        app,
        ["backtest", "--rules", str(pack), "--events", "-", "--format", output],
        input=json.dumps(event),
        env={"COLUMNS": "200"},
    )

    assert "[red]Taji" in shown.stdout
    assert not set("\u202e\u2028") & set(shown.stdout)


@pytest.mark.parametrize("character", HIDDEN, ids=ascii)
def test_a_line_of_json_holds_what_is_hidden_as_escapes(character: str) -> None:
    words = {"title": f"Basra البصرة{character}\n"}

    line = escape_controls(json.dumps(words, ensure_ascii=False))

    assert character not in line
    assert "البصرة" in line
    assert json.loads(line) == words
