"""Spans: how a trace is passed on, what is recorded, what log lines have of it."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from services.span_sending import stop_tracing
from services.trace_context import TraceContext, begin_trace
from services.tracing import (
    add_trace,
    begin_span,
    carry_trace,
    continue_span,
    current_trace,
    inner_span,
    note_ids,
    record_headers,
    request_headers,
)
from tests.fake_recorder import FakeRecorder


def log_line(**fields: Any) -> Mapping[str, Any]:
    return add_trace(None, "info", fields)


def test_without_a_recorder_the_callers_trace_is_passed_on_as_it_is() -> None:
    given = begin_trace()

    with begin_span("receive", given), inner_span("publish"):
        assert request_headers() == given.write_fields()
        assert dict(record_headers()) == {
            "traceparent": given.write_fields()["traceparent"].encode()
        }


def test_without_a_caller_a_trace_is_begun() -> None:
    with begin_span("receive", None):
        first = current_trace()
    with begin_span("receive", None):
        second = current_trace()

    assert first is not None
    assert second is not None
    assert first.trace_id != second.trace_id


def test_all_that_is_sent_in_a_span_without_a_caller_continues_one_trace() -> None:
    with begin_span("receive", None):
        headers = [request_headers(), request_headers()]
        with inner_span("publish"):
            headers.append(request_headers())
        trace = log_line(event="sent")["trace_id"]

    assert headers[0]["traceparent"].split("-")[1] == trace
    assert headers[1:] == [headers[0]] * 2


def test_what_belongs_to_no_trace_is_sent_without_one(recorder: FakeRecorder) -> None:
    with continue_span("correlate", None), inner_span("send"):
        assert request_headers() == {}
    assert request_headers() == {}
    assert recorder.spans == []


def test_a_recorded_span_is_the_parent_of_what_is_sent_in_it(recorder: FakeRecorder) -> None:
    given = begin_trace()

    with begin_span("receive", given, source="wire"), inner_span("publish", event_id="e-1"):
        assert current_trace() == recorder.spans[1].trace

    receive, publish = recorder.spans
    assert (receive.parent, publish.parent) == (given, receive.trace)
    assert (receive.ids, publish.ids) == ({"source": "wire"}, {"event_id": "e-1"})
    assert (receive.ended, publish.ended) == ([None], [None])


def test_what_is_only_carried_is_not_recorded(recorder: FakeRecorder) -> None:
    given = begin_trace()

    with carry_trace(given), begin_span("detect", current_trace()):
        pass

    assert [(span.name, span.parent) for span in recorder.spans] == [("detect", given)]


def test_of_an_error_its_kind_is_recorded_and_it_goes_on(recorder: FakeRecorder) -> None:
    with pytest.raises(ValueError, match="rockets"), begin_span("detect", None):
        raise ValueError("rockets hit the base")

    assert recorder.spans[0].ended == ["ValueError"]
    assert current_trace() is None


def test_what_a_span_is_about_may_be_known_later(recorder: FakeRecorder) -> None:
    with begin_span("correlate", None, event_id="e-1"):
        note_ids(alert="a-1")
        line = log_line(event="announced")

    assert recorder.spans[0].ids == {"event_id": "e-1", "alert": "a-1"}
    assert (line["event_id"], line["alert"]) == ("e-1", "a-1")


def test_a_log_line_has_the_trace_and_keeps_its_own_fields() -> None:
    given = begin_trace()

    with begin_span("receive", given, source="wire", alert="outer"), inner_span("x", alert="a-1"):
        line = log_line(event="sent", source="own")

    assert line == {
        "event": "sent",
        "source": "own",
        "alert": "a-1",
        "trace_id": given.trace_id,
    }
    assert log_line(event="later") == {"event": "later"}


async def test_tasks_have_a_current_span_each() -> None:
    async def seen(trace: TraceContext) -> TraceContext | None:
        with begin_span("receive", trace):
            await asyncio.sleep(0)
            return current_trace()

    traces = [begin_trace() for _ in range(3)]

    assert list(await asyncio.gather(*map(seen, traces))) == traces


def test_at_the_end_what_is_left_is_sent(recorder: FakeRecorder) -> None:
    stop_tracing()

    assert recorder.is_stopped
    with begin_span("receive", None):
        pass
    assert recorder.spans == []
