"""Headers of messages and of dead letters."""

from datetime import UTC, datetime

import pytest

from schemas.envelope import (
    EVENT,
    REFUSED,
    cloud_headers,
    data_schema,
    dead_letter_headers,
    find_header_fault,
    header,
)
from schemas.version import SCHEMA_VERSION

NOON = datetime(2020, 1, 10, 12, tzinfo=UTC)


def test_a_message_is_a_cloud_event_in_binary_mode() -> None:
    headers = cloud_headers(EVENT, "wire 1", "wire", NOON, NOON)

    assert dict(headers) == {
        "ce_specversion": b"1.0",
        "ce_id": b"wire 1",
        "ce_type": b"vedette.event",
        "ce_dataschema": b"urn:vedette:event:1",
        "ce_source": b"wire",
        "ce_time": b"2020-01-10T12:00:00+00:00",
        "ce_recordedtime": b"2020-01-10T12:00:00+00:00",
        "content-type": b"application/json",
    }


def test_a_message_that_was_not_recorded_says_nothing_of_it() -> None:
    assert "ce_recordedtime" not in dict(cloud_headers(EVENT, "1", "wire", NOON))


def test_a_dead_letter_says_why_and_where_it_stood() -> None:
    headers = dead_letter_headers("no JSON", "matcher.detect", "vedette.events", 3, 41)

    assert header(headers, "reason") == "no JSON"
    assert (header(headers, "partition"), header(headers, "offset")) == ("3", "41")


def test_the_last_header_of_a_name_counts_and_an_absent_one_is_none() -> None:
    assert header([("a", b"1"), ("a", b"2")], "a") == "2"
    assert header({}, "a") is None


def test_a_header_of_other_bytes_is_readable_all_the_same() -> None:
    assert header({"a": b"\xff"}, "a") == "\N{REPLACEMENT CHARACTER}"


def test_what_this_release_writes_has_no_fault() -> None:
    assert find_header_fault(cloud_headers(EVENT, "1", "wire", NOON)) is None


@pytest.mark.parametrize("schema", ["", "https://example.org/report/7", "urn:other:event:7"])
def test_a_schema_of_other_parties_says_nothing_of_ours(schema: str) -> None:
    assert find_header_fault([("ce_dataschema", schema.encode())]) is None


@pytest.mark.parametrize(
    ("header", "fault"),
    [
        (("ce_dataschema", f"urn:vedette:event:{SCHEMA_VERSION + 1}".encode()), "later release"),
        (("ce_dataschema", b"urn:vedette:event:0"), "not a whole number"),
        (("ce_dataschema", b"urn:vedette:event:" + b"9" * 5000), "not a whole number"),
        (("ce_dataschema", "urn:vedette:event:\u0661".encode()), "not a whole number"),
        (("ce_dataschema", b"urn:vedette:event"), "not a whole number"),
        (("a\ufffd", b""), "not UTF-8"),
        ((REFUSED, b"unpacks to too much"), "unpacks to too much"),
    ],
)
def test_headers_that_refuse_a_message_say_why(header: tuple[str, bytes], fault: str) -> None:
    assert fault in (find_header_fault([header]) or "")


def test_a_schema_names_its_type_and_version() -> None:
    assert data_schema(EVENT) == f"urn:vedette:event:{SCHEMA_VERSION}"
