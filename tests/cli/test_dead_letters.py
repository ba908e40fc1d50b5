import io

from rich.console import Console

from cli.dead_letters import build_table

LETTER = {
    "at": "2020-01-24T12:00:00.123000+00:00",
    "reason": "[bold]too_late",
    "where": "correlate",
    "topic": "vedette.signals",
    "partition": "3",
    "offset": "17",
    "key": "k",
    "value": "x" * 500,
}


def test_the_table_says_when_why_where_and_from_where() -> None:
    paper = io.StringIO()

    Console(file=paper, width=300).print(build_table(iter([LETTER])))

    text = paper.getvalue()
    for cell in ("2020-01-24 12:00:00 ", "[bold]too_late", "correlate", "vedette.signals/3@17"):
        assert cell in text
    assert "1 dead letter\n" in text.replace("  ", "").replace(" \n", "\n")
    assert "x" * 200 in text.replace("\n", "").replace(" ", "")
