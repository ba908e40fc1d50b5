"""The trace of a report: the caller's, or one that begins here."""

import asyncio
import json

from services.trace_context import ItemTraces, TraceContext, read_record_trace, read_trace
from services.tracing import current_trace
from tests.fake_recorder import FakeRecorder
from tests.fakes import FakePublisher
from tests.ingest.builders import client, report
from tests.ingest.hooks import Hooks, bearer

PARENT = {"traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}
GIVEN = read_trace(PARENT)


def traces_of(publisher: FakePublisher) -> list[TraceContext | None]:
    return [read_record_trace(message.headers) for message in publisher.published]


async def test_events_are_published_in_the_trace_of_the_caller() -> None:
    publisher = FakePublisher()

    async with client(publisher) as ingest:
        await ingest.post("/v1/events", json=report(), headers=PARENT)

    assert traces_of(publisher) == [GIVEN]
    assert current_trace() is None


async def test_a_malformed_header_changes_nothing_but_that_a_trace_begins() -> None:
    publisher = FakePublisher()

    async with client(publisher) as ingest:
        headers = {"traceparent": "00-x-y-z"}
        answers = [
            await ingest.post("/v1/events", json=report(id=name), headers=headers) for name in "ab"
        ]

    assert [answer.status_code for answer in answers] == [202, 202]
    first, second = traces_of(publisher)
    assert first is not None
    assert second is not None
    assert first.trace_id != second.trace_id


async def test_a_hook_has_a_trace_too() -> None:
    hooks = Hooks()

    await hooks.post({"id": "1", "text": "Rockets"}, **bearer(), **PARENT)

    assert traces_of(hooks.publisher) == [GIVEN]


async def test_reports_of_one_moment_keep_the_traces_of_their_requests() -> None:
    publisher = FakePublisher(partitions=1)
    parents = [f"00-{'ab' * 16}-{number:016x}-01" for number in range(1, 4)]

    async with client(publisher) as ingest:
        await asyncio.gather(
            *(
                ingest.post("/v1/events", json=report(id=parent), headers={"traceparent": parent})
                for parent in parents
            )
        )

    kept: dict[str, TraceContext | None] = {}
    for message in publisher.published:
        stored, traces = json.loads(message.value), ItemTraces.of(message.headers)
        events = stored if isinstance(stored, list) else [stored]
        kept |= {event["id"]: traces.find(number) for number, event in enumerate(events)}
    assert kept == {parent: read_trace({"traceparent": parent}) for parent in parents}
    assert len(publisher.published) < len(parents)


async def test_taking_and_publishing_are_a_span_each_which_name_the_event(
    recorder: FakeRecorder,
) -> None:
    async with client(FakePublisher()) as ingest:
        await ingest.post("/v1/events", json=report(), headers=PARENT)
        await ingest.post("/v1/events", json=[report(id="a"), report(id="b")])

    receive, publish, _, both = recorder.spans
    assert (receive.name, receive.parent, receive.ids) == ("receive", GIVEN, {"source": "reuters"})
    assert (publish.name, publish.parent, publish.ids) == (
        "publish",
        receive.trace,
        {"event_id": "r1"},
    )
    assert both.ids == {"events": "2"}
    assert [span.ended for span in recorder.spans] == [[None]] * 4
