import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.domain.files.csv_rows import CsvFormat
from services.ingest.domain.files.file_formats import choose_format
from services.ingest.domain.files.file_items import FileItem, UnreadableFile
from services.ingest.domain.files.line_reader import LONGEST_LINE, LineReader
from services.ingest.domain.sources.file_sources import CsvSource, JsonLinesSource
from services.ingest.domain.sources.items import RefusedItem, ReportDraft, SkippedItem

MAPPING = {"fields": {"title": "Title", "text": "Notes"}}
CSV = choose_format(CsvSource.model_validate({"id": "a", "path": "x", "mapping": MAPPING}))
JSON_LINES = choose_format(JsonLinesSource(id="a", path="x"))


def read_csv(raw: bytes, form: Any = CSV) -> list[FileItem]:
    lines = LineReader(io.BytesIO(raw).readline)
    return list(form.read_items(lines, form.read_head(lines)))


def read_json(raw: bytes) -> list[FileItem]:
    return list(JSON_LINES.read_items(LineReader(io.BytesIO(raw).readline), []))


def bodies(items: list[FileItem]) -> list[dict[str, Any]]:
    return [dict(each.item.body) for each in items if isinstance(each.item, ReportDraft)]


def refusals(items: list[FileItem]) -> dict[str, str]:
    return {
        each.item.place: each.item.errors[0].message
        for each in items
        if isinstance(each.item, RefusedItem)
    }


def test_a_row_is_an_item_by_the_names_of_its_columns() -> None:
    raw = b'\xef\xbb\xbfTitle,Notes\r\na,"one, two\nlines"\r\n\r\nb,\r\nc\r\n'

    items = read_csv(raw)

    assert bodies(items) == [
        {"title": "a", "text": "one, two\nlines"},
        {"title": "b"},
        {"title": "c"},
    ]
    assert [each.item.place for each in items] == ["line 2", "line 5", "line 6"]
    assert items[-1].offset == len(raw)


def test_a_row_that_does_not_fit_is_refused_by_its_line() -> None:
    raw = b"Title\na,b\n\xff\nc\n"

    assert refusals(read_csv(raw)) == {
        "line 2": "has 2 cells, the head has 1",
        "line 3": "is not UTF-8",
    }
    assert bodies(read_csv(raw)) == [{"title": "c"}]


def test_columns_may_have_another_delimiter() -> None:
    source = {"id": "a", "path": "x", "mapping": MAPPING, "delimiter": ";"}
    form = choose_format(CsvSource.model_validate(source))

    assert bodies(read_csv(b"Title;Notes\na;b,c\n", form)) == [{"title": "a", "text": "b,c"}]


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "names of the columns are missing"),
        (b",,\n", "names of the columns are missing"),
        (b"a,b,a\n", "the column 'a' is there twice"),
        (b"," * 1000 + b"x\n", "at most 1000 are read"),
    ],
)
def test_a_head_that_cannot_be_used_is_named(raw: bytes, reason: str) -> None:
    with pytest.raises(UnreadableFile, match=reason):
        CSV.read_head(LineReader(io.BytesIO(raw).readline))


def test_a_quote_that_is_not_closed_costs_one_row() -> None:
    raw = b'Title\n"' + b"x\n" * 100_000 + b'"\nb\n'

    items = read_csv(raw)

    assert "field larger" in refusals(items)["line 2"]
    assert {"title": "b"} in bodies(items)


def test_a_line_of_json_is_a_report() -> None:
    items = read_json(b'\xef\xbb\xbf{"text": "a"}\n\n{"text": "b"}')

    assert bodies(items) == [{"text": "a"}, {"text": "b"}]
    assert [each.item.place for each in items] == ["line 1", "line 3"]


def test_a_line_that_is_no_report_is_refused_alone() -> None:
    raw = b'{"a"\n[1]\n\xff\n' + b" " * (LONGEST_LINE + 1) + b'\n{"text": "b"}\n'

    refused = refusals(read_json(raw))

    assert bodies(read_json(raw)) == [{"text": "b"}]
    assert "column 5" in refused["line 1"]
    assert refused["line 2"] == "a report is a JSON object"
    assert "not UTF-8" in refused["line 3"]
    assert refused["line 4"] == f"longer than {LONGEST_LINE} bytes"


def test_a_last_line_is_left_while_it_may_still_be_written() -> None:
    growing = LineReader(io.BytesIO(b"a\nb").readline, is_growing=True)
    whole = LineReader(io.BytesIO(b"a\nb").readline)

    assert (list(growing), growing.offset) == ([b"a\n"], 2)
    assert (list(whole), whole.offset) == ([b"a\n", b"b"], 3)


PIECES = st.sampled_from([b"a", b",", b'"', b"\n", b"\r", b"\x00", b"\xff", b"{", b'{"text":1}'])


@given(st.lists(PIECES, max_size=60).map(b"".join))
def test_no_file_raises_and_every_byte_is_read(raw: bytes) -> None:
    lines = LineReader(io.BytesIO(raw).readline)
    list(CSV.read_items(lines, ["Title"]))
    read_json(raw)

    assert lines.offset == len(raw)


@given(st.lists(st.lists(st.text("ab,\"\n;'", min_size=1), min_size=2, max_size=2), max_size=8))
def test_reading_on_from_any_row_gives_the_rest(rows: list[list[str]]) -> None:
    quoted = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]
    raw = "".join(f"{row}\n" for row in ["Title,Notes", *quoted]).encode()
    items = read_csv(raw)

    for index, each in enumerate(items):
        stream = io.BytesIO(raw)
        stream.seek(each.offset)
        lines = LineReader(stream.readline, each.offset, each.count)
        assert list(CSV.read_items(lines, ["Title", "Notes"])) == items[index + 1 :]
    assert isinstance(CSV, CsvFormat)


def read_telegram(*lines: str) -> list[FileItem]:
    document = {"id": "a", "path": "x", "mapping": {"uses": "telegram"}}
    form = choose_format(JsonLinesSource.model_validate(document))
    raw = "\n".join(lines).encode()
    return list(form.read_items(LineReader(io.BytesIO(raw).readline), []))


def test_a_line_is_read_by_the_items_of_its_mapping() -> None:
    update = '{"channel_post": {"message_id": 1, "text": "x", "chat": {"id": 2}}}'

    items = read_telegram(update, '{"my_chat_member": {}}')

    assert [body["text"] for body in bodies(items)] == ["x"]
    assert isinstance(items[1].item, SkippedItem)


def test_a_line_with_several_items_is_refused() -> None:
    post = '{"message_id": 1, "text": "x", "chat": {"id": 2}}'

    items = read_telegram(f'{{"channel_post": {post}, "message": {post}}}')

    assert refusals(items) == {"line 1": "2 items in one line: one is taken"}
