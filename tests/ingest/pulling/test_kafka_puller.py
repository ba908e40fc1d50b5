import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest

from services.ingest.adapters.pulling.kafka_puller import KafkaPuller
from services.ingest.domain.fetching.failure import FailureReason, FetchFailed
from services.ingest.domain.sources.items import RefusedItem, ReportDraft, SkippedItem
from services.ingest.domain.sources.kafka_messages import ForeignMessage, KafkaItemReader
from services.ingest.domain.sources.polled_sources import KafkaSource
from tests.ingest.pulling.builders import read_all

MAPPING = {"items": "reports", "fields": {"title": "what", "published_at": "at"}}


@dataclass
class FakeTopic:
    """A topic whose group has read up to before the message `committed`."""

    messages: list[ForeignMessage]
    committed: int = 0
    at: int = 0
    is_closed: bool = False
    failure: FetchFailed | None = None
    commits: list[int] = field(default_factory=list)

    def open(self) -> "FakeTopic":
        if self.failure is not None:
            raise self.failure
        self.at, self.is_closed = self.committed, False
        return self

    def poll(self) -> Sequence[ForeignMessage]:
        polled = self.messages[self.at : self.at + 2]
        self.at += len(polled)
        return polled

    def commit(self, messages: Sequence[ForeignMessage]) -> None:
        self.committed = messages[-1].offset + 1
        self.commits.append(self.committed)

    def close(self) -> None:
        self.is_closed = True


def message(offset: int, value: object) -> ForeignMessage:
    return ForeignMessage("wires", 0, offset, json.dumps(value).encode())


def source(**changes: Any) -> KafkaSource:
    return KafkaSource.model_validate(
        {"id": "wires", "servers": "localhost:9092", "topic": "wires", **changes}
    )


def puller(topic: FakeTopic) -> KafkaPuller:
    seconds = map(float, count())  # one of them for each look at the clock
    reader = KafkaItemReader.of_source(source())
    return KafkaPuller(topic.open, reader, 5, lambda: next(seconds))


def three() -> FakeTopic:
    return FakeTopic([message(offset, {"text": str(offset)}) for offset in range(3)])


async def test_what_was_stored_is_committed_and_read_once() -> None:
    topic = three()

    first, _ = await read_all(puller(topic), None)
    second, _ = await read_all(puller(topic), None)

    assert first == ["wires/0/0", "wires/0/1", "wires/0/2"]
    assert second == []
    assert topic.commits == [2, 3]


async def test_what_was_not_stored_is_not_committed_and_comes_again() -> None:
    topic = three()
    pulls = puller(topic).pull(None)

    await anext(pulls)
    await pulls.aclose()

    assert topic.committed == 0
    assert (await read_all(puller(topic), None))[0][0] == "wires/0/0"


async def test_a_topic_that_cannot_be_reached_fails() -> None:
    topic = three()
    topic.failure = FetchFailed(FailureReason.UNREACHABLE, "wires: no such topic")

    with pytest.raises(FetchFailed):
        await read_all(puller(topic), None)


def test_items_of_a_message_are_mapped_and_get_ids_of_their_place() -> None:
    value = {"reports": [{"what": "a", "at": "2026-11-26"}, {"what": "b"}, {"what": {"c": 1}}]}
    reader = KafkaItemReader.of_source(source(mapping=MAPPING))

    first, second, third = reader.read_message(message(7, value))

    assert isinstance(first, ReportDraft)
    assert isinstance(second, ReportDraft)
    assert (first.body["id"], first.body["title"]) == ("wires/0/7", "a")
    assert second.body["id"] == "wires/0/7/1"
    assert isinstance(third, RefusedItem)


def test_a_report_keeps_the_id_that_it_has() -> None:
    [item] = KafkaItemReader().read_message(message(7, {"id": "r1", "text": "a"}))

    assert isinstance(item, ReportDraft)
    assert item.body["id"] == "r1"


@pytest.mark.parametrize("raw", [b"{", b"3", b'"text"', b"\xff", b"[" * 100_000, b"0" * 2_000_000])
def test_a_message_that_is_no_report_is_refused_with_its_place(raw: bytes) -> None:
    [item] = KafkaItemReader().read_message(ForeignMessage("wires", 3, 9, raw))

    assert isinstance(item, RefusedItem)
    assert item.place == "wires/3/9"


def test_a_batch_that_could_not_be_unpacked_is_refused_and_a_null_is_skipped() -> None:
    packed = ForeignMessage("wires", 3, 9, None, "too_large: a batch")
    null = ForeignMessage("wires", 3, 10, None)

    [refused], [skipped] = map(KafkaItemReader().read_message, (packed, null))

    assert isinstance(refused, RefusedItem)
    assert isinstance(skipped, SkippedItem)
