import json
from dataclasses import replace
from datetime import timedelta
from itertools import chain, pairwise

from schemas.envelope import header
from schemas.event import LARGEST_BATCH
from services.ingest.domain.batch import MOST_EVENTS, EventsMessage, batch_events
from services.ingest.domain.normalize import StoredEvent
from tests.ingest.builders import normalized, report


def partition_of(key: bytes) -> int:
    return sum(key) % 3


def first_partition(_: bytes) -> int:
    return 0


def ids(message: EventsMessage) -> list[str]:
    value = json.loads(message.value)
    return [event["id"] for event in (value if isinstance(value, list) else [value])]


def test_a_single_event_stays_single_and_keyed() -> None:
    event = normalized(report(occurred_at="2020-01-05T11:00:00Z"))

    [message] = batch_events([event], partition_of)

    assert message.key == b"reuters r1"
    assert message.partition == partition_of(b"reuters r1")
    assert message.value == event.value
    assert header(message.headers, "ce_type") == "vedette.event"
    assert header(message.headers, "ce_time") == "2020-01-05T11:00:00+00:00"
    assert header(message.headers, "ce_recordedtime") == "2020-01-05T12:00:00+00:00"


def test_events_of_one_partition_are_one_batch_without_a_key_in_their_order() -> None:
    events = [normalized(report(id=f"r{number}")) for number in range(9)]

    messages = batch_events(events, partition_of)

    assert len(messages) == 3
    for message in messages:
        assert message.key is None
        assert header(message.headers, "ce_type") == "vedette.events.bundle"
        assert ids(message) == [events[position].event.id for position in message.positions]
        assert {partition_of(events[position].event.key) for position in message.positions} == {
            message.partition
        }
        assert all(before < after for before, after in pairwise(message.positions))
    assert sorted(position for message in messages for position in message.positions) == list(
        range(9)
    )


def test_a_correction_goes_where_what_it_corrects_went() -> None:
    first, second = normalized(report(id="r1")), normalized(report(id="r2", supersedes="r1"))

    [message] = batch_events([first, second], partition_of)

    assert ids(message) == ["r1", "r2"]


def test_each_batch_has_an_id_of_its_own() -> None:
    events = [normalized(report(id=f"r{number}")) for number in range(9)]

    named = {header(message.headers, "ce_id") for message in batch_events(events, partition_of)}

    assert len(named) == 3


def test_a_batch_holds_no_more_events_than_it_may() -> None:
    events = [normalized(report(id=f"r{number}")) for number in range(2 * MOST_EVENTS + 1)]

    sizes = [len(message.positions) for message in batch_events(events, first_partition)]

    assert sizes == [MOST_EVENTS, MOST_EVENTS, 1]


def test_a_batch_is_no_larger_than_it_may_be() -> None:
    heavy = report(text="x" * 60_000)
    events = [normalized(heavy | {"id": f"r{number}"}) for number in range(20)]

    messages = batch_events(events, first_partition)

    assert max(len(message.value) for message in messages) <= LARGEST_BATCH
    assert list(chain.from_iterable(map(ids, messages))) == [stored.event.id for stored in events]


def weighing(*sizes: int) -> list[StoredEvent]:
    """Events of that many bytes as stored."""
    return [
        replace(normalized(report(id=f"r{number}")), value=b"x" * size)
        for number, size in enumerate(sizes)
    ]


def test_a_batch_may_be_filled_to_the_last_byte() -> None:
    most = LARGEST_BATCH - len("[,,]")
    events = weighing(most // 2, most // 4, most // 4, most // 2, most // 4, most // 4, 1)

    messages = batch_events(events, first_partition)

    assert [message.positions for message in messages] == [(0, 1, 2), (3, 4, 5), (6,)]
    assert [len(message.value) for message in messages] == [LARGEST_BATCH, LARGEST_BATCH, 1]


def test_a_byte_more_than_a_batch_holds_begins_another() -> None:
    half = (LARGEST_BATCH - len("[,]")) // 2

    messages = batch_events(weighing(LARGEST_BATCH, half, half + 2), first_partition)

    assert [message.positions for message in messages] == [(0,), (1,), (2,)]


def test_an_event_that_fills_a_batch_by_itself_travels_alone() -> None:
    messages = batch_events(weighing(LARGEST_BATCH, 1), first_partition)

    assert [message.positions for message in messages] == [(0,), (1,)]


def test_the_rest_of_a_full_batch_is_keyed_when_it_is_one_event() -> None:
    events = [normalized(report(id=f"r{number}")) for number in range(MOST_EVENTS + 1)]

    batch, single = batch_events(events, first_partition)

    assert batch.key is None
    assert single.key == events[-1].event.key
    assert header(single.headers, "ce_type") == "vedette.event"


def test_a_batch_has_the_time_of_its_last_event_and_an_id_of_its_content() -> None:
    first, second = normalized(report(id="r1")), normalized(report(id="r2"))
    recorded = first.event.occurred_at + timedelta(hours=1)
    later = replace(second, event=second.event.model_copy(update={"recorded_at": recorded}))

    [batch] = batch_events([first, later], first_partition)
    [again] = batch_events([first, second], first_partition)
    [other] = batch_events([second, first], first_partition)

    assert header(batch.headers, "ce_time") == recorded.isoformat()
    assert header(batch.headers, "ce_recordedtime") == recorded.isoformat()
    assert header(batch.headers, "ce_id") == header(again.headers, "ce_id")
    assert header(batch.headers, "ce_id") != header(other.headers, "ce_id")


def test_no_event_is_no_message() -> None:
    assert batch_events([], first_partition) == []
