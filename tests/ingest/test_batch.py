import json
from itertools import chain, pairwise

from schemas.envelope import header
from schemas.event import LARGEST_BATCH
from services.ingest.domain.batch import MOST_EVENTS, EventsMessage, batch_events
from tests.ingest.builders import normalized, report


def partition_of(key: bytes) -> int:
    return sum(key) % 3


def first_partition(_: bytes) -> int:
    return 0


def ids(message: EventsMessage) -> list[str]:
    value = json.loads(message.value)
    return [event["id"] for event in (value if isinstance(value, list) else [value])]


def test_a_single_event_stays_single_and_keyed() -> None:
    event = normalized(report())

    [message] = batch_events([event], partition_of)

    assert message.key == b"reuters r1"
    assert message.partition == partition_of(b"reuters r1")
    assert message.value == event.value
    assert header(message.headers, "ce_type") == "vedette.event"
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
