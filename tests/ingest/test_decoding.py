import json
from typing import Any

import pytest

from services.ingest.domain.decoding import (
    CLOUDEVENT,
    CLOUDEVENTS,
    JSON,
    NDJSON,
    UnsupportedContent,
    choose_decoder,
)
from services.ingest.domain.result import ReportResult
from services.strict_json import InvalidJson

BODY = {"text": "x"}


def read(raw: bytes, content_type: str = JSON, **headers: str) -> list[Any]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return choose_decoder({"content-type": content_type} | named)(raw)


def envelope(**changes: object) -> dict[str, object]:
    return {"specversion": "1.0", "id": "c1", "source": "s", "type": "t", "data": BODY} | changes


def test_an_object_is_one_report_and_an_array_is_several() -> None:
    assert read(b'{"a": 1}') == [{"a": 1}]
    assert read(b'[{"a": 1}, 2]') == [{"a": 1}, 2]
    assert read(b"[]") == []


def test_without_a_content_type_it_is_json() -> None:
    assert choose_decoder({})(b"{}") == [{}]


@pytest.mark.parametrize(
    "headers",
    [
        {"content-type": "text/plain"},
        {"content-type": "application/x-www-form-urlencoded"},
        {"content-type": ""},
        {"content-type": "application/json; charset=latin-1"},
    ],
    ids=["text", "form", "empty", "charset"],
)
def test_another_content_is_refused(headers: dict[str, str]) -> None:
    with pytest.raises(UnsupportedContent):
        choose_decoder(headers)


def test_the_content_type_may_be_spelled_in_any_case_with_its_charset() -> None:
    assert read(b"{}", "Application/JSON; Charset=UTF-8") == [{}]


def test_each_line_of_ndjson_is_a_report_and_empty_lines_are_not() -> None:
    assert read(b'{"a": 1}\r\n\n{"a": 2}', NDJSON) == [{"a": 1}, {"a": 2}]


def test_a_broken_line_of_ndjson_is_refused_alone_with_its_place() -> None:
    first, broken, last = read(b'{"a": 1}\n{"a": }\n{"a": 2}\n', NDJSON)

    assert (first, last) == ({"a": 1}, {"a": 2})
    assert isinstance(broken, ReportResult)
    assert broken.errors[0].message == "line 2 column 7: Expecting value"


@pytest.mark.parametrize("raw", [b"", b"\n \n", b"{\n}\n"], ids=["empty", "blank", "no line"])
def test_ndjson_without_one_whole_line_is_malformed(raw: bytes) -> None:
    with pytest.raises(InvalidJson, match="line 1 column"):
        read(raw, NDJSON)


def test_the_envelope_fills_what_the_report_leaves_out() -> None:
    time = "2020-01-05T10:00:00Z"

    [report] = read(json.dumps(envelope(time=time)).encode(), CLOUDEVENT)

    assert report == {"text": "x", "id": "c1", "source": "s", "published_at": time}


def test_a_field_of_the_report_goes_before_that_of_its_envelope() -> None:
    own = {"id": "own", "source": "s:own", "published_at": "2020-01-01T00:00:00Z"}

    time = "2020-01-02T00:00:00Z"
    [report] = read(json.dumps(envelope(data=BODY | own, time=time)).encode(), CLOUDEVENT)

    assert report == BODY | own


INVALID: dict[str, tuple[dict[str, object], str]] = {
    "another version": ({"specversion": "0.3"}, "specversion"),
    "no id": ({"id": ""}, "id"),
    "no source": ({"source": None}, "source"),
    "no type": ({"type": 1}, "type"),
    "a time that is none": ({"time": "yesterday"}, "time"),
    "a time that is a number": ({"time": 1577836800}, "time"),
    "data that is no object": ({"data": [BODY]}, "data"),
    "data in base64": ({"data_base64": "e30="}, "data_base64"),
    "data that is no JSON": ({"datacontenttype": "text/xml"}, "datacontenttype"),
}


@pytest.mark.parametrize(("changes", "field"), INVALID.values(), ids=INVALID)
def test_a_faulty_envelope_is_refused_with_the_attribute(
    changes: dict[str, object], field: str
) -> None:
    [refusal] = read(json.dumps(envelope(**changes)).encode(), CLOUDEVENT)

    assert isinstance(refusal, ReportResult)
    assert [error.field for error in refusal.errors] == [field]


def test_a_batch_is_an_array_of_envelopes() -> None:
    raw = json.dumps([envelope(), envelope(type="")]).encode()

    report, refusal = read(raw, CLOUDEVENTS)

    assert report["id"] == "c1"
    assert isinstance(refusal, ReportResult)
    with pytest.raises(InvalidJson):
        read(json.dumps(envelope()).encode(), CLOUDEVENTS)


BINARY = {"ce_specversion": "1.0", "ce_id": "c1", "ce_source": "s", "ce_type": "t"}


def test_in_binary_mode_the_headers_are_the_envelope() -> None:
    [report] = read(json.dumps(BODY).encode(), **BINARY)

    assert report == {"text": "x", "id": "c1", "source": "s"}


@pytest.mark.parametrize(
    ("header", "id_"),
    [
        ("c%201", "c 1"),
        ("%D8%B9", "ع"),
        ("%d8%b9", "ع"),
        ("ع".encode().decode("latin-1"), "ع"),
        ("ع", "ع"),
        ('"c 1"', "c 1"),
        ('"say \\"c\\" \\\\"', 'say "c" \\'),
        ('"%22"', '"'),
        ("100%", "100%"),
        ("%2520", "%20"),
    ],
    ids=[
        *("a space", "UTF-8", "lower hex", "raw UTF-8", "decoded by the server"),
        *("quoted", "escaped", "both", "a lone percent", "decoded once"),
    ],
)
def test_a_header_is_unquoted_and_percent_decoded_once(header: str, id_: str) -> None:
    [report] = read(json.dumps(BODY).encode(), **BINARY | {"ce_id": header})

    assert report["id"] == id_


@pytest.mark.parametrize("name", ["id", "source", "subject"])
@pytest.mark.parametrize(
    "header", ["%ff", "%D8", "\xff", '"open', '"a" b'], ids=["bytes", "cut", "raw", "open", "more"]
)
def test_a_header_that_cannot_be_read_is_refused_with_the_attribute(name: str, header: str) -> None:
    [refusal] = read(json.dumps(BODY).encode(), **BINARY | {f"ce_{name}": header})

    assert isinstance(refusal, ReportResult)
    assert [error.field for error in refusal.errors] == [name]


@pytest.mark.parametrize("missing", ["ce_specversion", "ce_id", "ce_source", "ce_type"])
def test_an_attribute_that_lacks_in_binary_mode_is_named(missing: str) -> None:
    given = {name: value for name, value in BINARY.items() if name != missing}

    [refusal] = read(json.dumps(BODY).encode(), **given)

    assert isinstance(refusal, ReportResult)
    assert [error.field for error in refusal.errors] == [missing.removeprefix("ce_")]


@pytest.mark.parametrize(
    "kind", ["application/vnd.reports+json", "Application/JSON; charset=utf-8", "text/json"]
)
def test_in_binary_mode_any_json_is_taken(kind: str) -> None:
    [report] = read(json.dumps(BODY).encode(), kind, **BINARY)

    assert report["id"] == "c1"


def test_without_attributes_json_of_another_name_is_refused() -> None:
    with pytest.raises(UnsupportedContent):
        read(b"{}", "application/vnd.reports+json")


def test_headers_do_not_change_an_envelope_in_the_body() -> None:
    [report] = read(json.dumps(envelope()).encode(), CLOUDEVENT, **BINARY | {"ce_id": "other"})

    assert report["id"] == "c1"


def test_a_byte_order_mark_does_not_count() -> None:
    mark = b"\xef\xbb\xbf"

    assert read(mark + b"{}") == [{}]
    assert read(mark + b'{}\n{"a": 1}', NDJSON) == [{}, {"a": 1}]
    assert read(mark + json.dumps([envelope()]).encode(), CLOUDEVENTS)[0]["id"] == "c1"
