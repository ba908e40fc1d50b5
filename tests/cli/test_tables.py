"""Tables of commands: how wide they are, and what is said of an empty one."""

import pytest
from rich.table import Table

from cli.tables import open_console, print_rows

LONG = "hidden by a silence, it waits: " + "navy exercise until six " * 5


def table(*rows: str) -> Table:
    made = Table("why")
    for row in rows:
        made.add_row(row)
    return made


def test_a_row_that_is_piped_stays_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)

    open_console().print(table(LONG))

    assert LONG in capsys.readouterr().out


def test_columns_decide_where_they_are_set(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")

    open_console().print(table(LONG))

    assert max(map(len, capsys.readouterr().out.splitlines())) == 40


def test_an_empty_table_is_one_line_beside_the_output(capsys: pytest.CaptureFixture[str]) -> None:
    print_rows(table(), "alerts")

    assert tuple(capsys.readouterr()) == ("", "no alerts\n")
