import pytest

from services.matcher.adapters.event_file import BadLine
from services.matcher.adapters.labelled_file import read_labelled
from services.matcher.domain.backtest.score import Label, LabelledReport, NewsVerdict


def only(line: str) -> LabelledReport | NewsVerdict | BadLine:
    (read,) = read_labelled([line.encode()])
    return read


def test_a_line_is_an_event_and_its_label() -> None:
    read = only('{"id": "1", "text": "Rockets fell.", "expect": ["a"], "allow": ["b"], "why": "x"}')

    assert isinstance(read, LabelledReport)
    assert (read.event.id, read.event.text, read.event.source) == ("1", "Rockets fell.", "file")
    assert read.label == Label(expect=frozenset({"a"}), allow=frozenset({"b"}))


def test_a_line_with_an_id_alone_is_a_verdict_on_news() -> None:
    read = only('{"id": "ag-7", "expect": ["a"], "why": "An American is kidnapped."}')

    assert read == NewsVerdict(1, "ag-7", Label(expect=frozenset({"a"})))


def test_lines_are_counted_with_the_empty_ones() -> None:
    lines = [b"", b'{"text": "x", "expect": []}', b"\n", b'{"text": "y", "expect": []}']

    reports = [read for read in read_labelled(lines) if isinstance(read, LabelledReport)]

    assert [report.line for report in reports] == [2, 4]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "line 1: is no JSON"),
        ("5", "line 1: is no JSON object"),
        ('{"text": "x"}', "line 1: expect"),
        (
            '{"text": "x", "expects": []}',
            "line 1: expect: is missing; expects: there is no such key (did you mean expect?)",
        ),
        ('{"text": "x", "expect": "a"}', "line 1: expect"),
        ('{"text": "x", "expect": [], "alow": []}', "line 1: alow"),
        ('{"expect": []}', "line 1: "),
    ],
    ids=["no JSON", "no object", "no label", "misspelled", "no list", "unknown key", "no text"],
)
def test_a_line_that_cannot_be_read_names_its_number_and_field(line: str, message: str) -> None:
    read = only(line)

    assert isinstance(read, BadLine)
    assert str(read).startswith(message)
