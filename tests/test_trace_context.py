"""W3C Trace Context: what is read of headers, and what is written."""

import pytest

from services.trace_context import (
    ItemTraces,
    TraceContext,
    begin_trace,
    read_record_trace,
    read_trace,
    write_record_traces,
)

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


def test_items_of_one_trace_have_one_header() -> None:
    context = TraceContext(TRACE, SPAN, state="vendor=1")

    headers = write_record_traces([context, context])

    assert headers == [("traceparent", PARENT.encode()), ("tracestate", b"vendor=1")]
    assert [ItemTraces.of(headers).find(number) for number in range(2)] == [context] * 2


def test_items_of_several_traces_have_theirs_in_order() -> None:
    traces = [begin_trace(), None, begin_trace()]

    headers = write_record_traces(traces)

    assert [name for name, _ in headers] == ["traceparents"]
    assert [ItemTraces.of(headers).find(number) for number in range(4)] == [*traces, None]


def test_no_trace_is_no_header() -> None:
    assert write_record_traces([None, None]) == []


def test_a_trace_of_its_own_wins_over_those_of_the_batch_it_was_in() -> None:
    headers = [*write_record_traces([begin_trace(), None]), ("traceparent", PARENT.encode())]

    assert ItemTraces.of(headers).find(0) == TraceContext(TRACE, SPAN)


def test_of_malformed_traces_only_theirs_are_missing() -> None:
    traces = ItemTraces.of([("traceparents", f"nonsense,{PARENT},".encode())])

    assert [traces.find(number) for number in range(3)] == [None, TraceContext(TRACE, SPAN), None]
