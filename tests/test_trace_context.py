"""W3C Trace Context: what is read of headers, and what is written."""

import pytest

from services.trace_context import TraceContext, begin_trace, read_record_trace, read_trace

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
PARENT = f"00-{TRACE}-{SPAN}-01"


def test_what_is_written_is_read_again() -> None:
    context = TraceContext(TRACE, SPAN, "00", "vendor=1")

    assert context.write_fields() == {
        "traceparent": f"00-{TRACE}-{SPAN}-00",
        "tracestate": "vendor=1",
    }
    assert read_trace(context.write_fields()) == context


def test_a_new_trace_is_valid_and_no_other() -> None:
    first, second = begin_trace(), begin_trace()

    assert read_trace(first.write_fields()) == first
    assert first.trace_id != second.trace_id
    assert first.span_id != second.span_id


@pytest.mark.parametrize(
    "parent",
    [
        "",
        "00",
        f"ff-{TRACE}-{SPAN}-01",
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE.upper()}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}-01-more",
        f"00-{TRACE}-{SPAN}",
        f"{PARENT}\n",
        f"01-{TRACE}-{SPAN}-01-{'x' * 1_000_000}",
    ],
    ids=lambda parent: parent[:60] or "empty",
)
def test_what_is_malformed_is_no_trace(parent: str) -> None:
    assert read_trace({"traceparent": parent}) is None


def test_a_later_version_is_read_as_far_as_it_is_known() -> None:
    read = read_trace({"traceparent": f"01-{TRACE}-{SPAN}-01-more"})

    assert read is not None
    assert read.write_fields() == {"traceparent": PARENT}


@pytest.mark.parametrize("state", ["", "x" * 513, "a=ü", "a=1\nb=2"])
def test_a_malformed_state_is_left_out_alone(state: str) -> None:
    read = read_trace({"traceparent": PARENT, "tracestate": state})

    assert read == TraceContext(TRACE, SPAN, "01")


def test_of_two_headers_of_a_record_the_last_counts() -> None:
    headers = [("traceparent", b"00-nonsense"), ("ce_id", b"1"), ("traceparent", PARENT.encode())]

    assert read_record_trace(headers) == TraceContext(TRACE, SPAN)


@pytest.mark.parametrize(
    "headers", [None, [], [("traceparent", None)], [("traceparent", b"\xff\xfe")]]
)
def test_a_record_without_a_readable_header_has_none(
    headers: list[tuple[str, bytes | None]] | None,
) -> None:
    assert read_record_trace(headers) is None
