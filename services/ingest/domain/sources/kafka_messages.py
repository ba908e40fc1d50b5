"""Messages of somebody's topic → drafts of reports."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Self

from schemas.event import LARGEST_REQUEST
from services.ingest.domain.sources.items import ReportDraft, SkippedItem, SourceItem, refuse_item
from services.ingest.domain.sources.mapping import ItemMapper
from services.ingest.domain.sources.polled_sources import KafkaSource
from services.strict_json import InvalidJson, parse


@dataclass(frozen=True, slots=True)
class ForeignMessage:
    """A message of a topic that is not ours; `fault` is why its bytes could not be unpacked."""

    topic: str
    partition: int
    offset: int
    value: bytes | None
    fault: str | None = None

    @property
    def place(self) -> str:
        """Where it is: the same wherever and whenever it is read."""
        return f"{self.topic}/{self.partition}/{self.offset}"


@dataclass(frozen=True, slots=True)
class KafkaItemReader:
    """Implements ItemReader for messages that are JSON documents."""

    mapper: ItemMapper | None = None

    @classmethod
    def of_source(cls, source: KafkaSource) -> Self:
        """The reader of a source; without a mapping a document is a report, or a list of them."""
        mapping = source.mapping
        return cls(None if mapping is None else ItemMapper.of_source(source, mapping))

    def read_items(self, raw: bytes) -> Iterator[SourceItem]:
        """What becomes of the items of one message. Never raises."""
        yield from self._read_value(raw, "the message")

    def read_message(self, message: ForeignMessage) -> list[SourceItem]:
        """The same; an item without an id gets one made of its place in the topic. Never raises."""
        if message.value is None or message.fault is not None:
            return [_read_nothing(message)]
        items = list(self._read_value(message.value, message.place))
        return [_identify(item, message.place, index) for index, item in enumerate(items)]

    def _read_value(self, raw: bytes, place: str) -> Iterator[SourceItem]:
        if len(raw) > LARGEST_REQUEST:
            yield refuse_item(place, f"{len(raw)} bytes: at most {LARGEST_REQUEST} are taken")
            return
        try:
            document = parse(raw)
        except InvalidJson as error:
            yield refuse_item(place, str(error))
            return
        if self.mapper is not None:
            yield from self.mapper.map_document(document, place)
            return
        for item in document if isinstance(document, list) else [document]:
            yield _read_report(item, place)


def _read_report(item: Any, place: str) -> SourceItem:
    if not isinstance(item, dict):
        return refuse_item(place, "no JSON object: write a mapping")
    return ReportDraft(item, place)


def _read_nothing(message: ForeignMessage) -> SourceItem:
    if message.fault is not None:
        return refuse_item(message.place, message.fault)
    return SkippedItem(message.place, "a message without a value")


def _identify(item: SourceItem, place: str, index: int) -> SourceItem:
    if not isinstance(item, ReportDraft) or item.body.get("id") is not None:
        return item
    return replace(item, body={**item.body, "id": f"{place}/{index}" if index else place})
