"""Where the consumer begins: at the committed offset, or at the start without one."""

from collections.abc import Mapping
from typing import Any, ClassVar

import mode
import pytest
from faust.types import TP
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from services.lost_messages import LostMessages
from services.matcher.adapters.stream.consumer import Consumer
from services.matcher.adapters.stream.transport import App, Transport

UNCOMMITTED, COMMITTED, OVERTAKEN = TP("events", 0), TP("events", 1), TP("events", 2)
LOST = "vedette_lost_messages_total"
PARTITION = {"topic": "events", "partition": "2"}
CHANGELOG = TP("app-windows-changelog", 0)


class FakeThread(mode.Service):
    """Kafka's side of the consumer: what is committed, and the seeks."""

    committed: ClassVar[Mapping[TP, int | None]] = {
        UNCOMMITTED: None,
        COMMITTED: 7,
        OVERTAKEN: 1,
        CHANGELOG: None,
    }

    def __init__(self) -> None:
        super().__init__()
        self.seeks: dict[TP, int] = {}

    async def seek_to_committed(self) -> Mapping[TP, int | None]:
        return self.committed

    async def earliest_offsets(self, *partitions: TP) -> Mapping[TP, int]:
        return dict.fromkeys(partitions, 3)

    def seek(self, partition: TP, offset: int) -> None:
        self.seeks[partition] = offset


class SeekingConsumer(Consumer):
    """The consumer on the fake."""

    kafka: FakeThread

    async def note_gap(self, tp: TP, offset_from: int, offset_to: int) -> None:
        await self._add_gap(tp, offset_from, offset_to)

    def _new_consumer_thread(self) -> Any:
        self.kafka = FakeThread()
        return self.kafka


@pytest.fixture
def app() -> App:
    app = App("app", broker="kafka://localhost:1")
    app.Table("windows", partitions=1)
    return app


@pytest.fixture
def consumer(app: App) -> SeekingConsumer:

    async def nothing(*_args: object) -> None:
        """Nobody listens."""

    return SeekingConsumer(
        Transport(app.conf.broker_consumer, app),
        callback=nothing,
        on_partitions_revoked=nothing,
        on_partitions_assigned=nothing,
    )


async def test_a_partition_without_a_commit_is_read_from_its_start(
    consumer: SeekingConsumer,
) -> None:
    # Faust would not seek, and lose what the fetcher has dropped
    await consumer.perform_seek()

    assert consumer.kafka.seeks[UNCOMMITTED] == 3


async def test_a_gap_of_deleted_messages_is_counted_and_signalled_once(
    app: App, consumer: SeekingConsumer
) -> None:
    before = REGISTRY.get_sample_value(LOST, PARTITION) or 0
    await consumer.perform_seek()
    await consumer.note_gap(OVERTAKEN, 2, 3)

    assert (REGISTRY.get_sample_value(LOST, PARTITION) or 0) - before == 2
    assert list(app.losses) == [LostMessages("events", 2, 1, 3)]


async def test_a_gap_that_kafka_did_not_delete_is_no_loss(
    app: App, consumer: SeekingConsumer
) -> None:
    await consumer.perform_seek()
    await consumer.note_gap(COMMITTED, 8, 12)

    assert [lost.partition for lost in app.losses] == [OVERTAKEN.partition]


async def test_what_is_committed_and_the_changelog_are_left_to_faust(
    consumer: SeekingConsumer,
) -> None:
    await consumer.perform_seek()

    assert consumer.kafka.seeks.keys() == {UNCOMMITTED, OVERTAKEN}


async def test_what_retention_deleted_before_it_was_read_is_logged_and_counted(
    consumer: SeekingConsumer,
) -> None:
    before = REGISTRY.get_sample_value(LOST, PARTITION) or 0
    with capture_logs() as logs:
        await consumer.perform_seek()

    assert consumer.kafka.seeks[OVERTAKEN] == 3
    assert (REGISTRY.get_sample_value(LOST, PARTITION) or 0) - before == 2
    assert logs == [
        {
            "event": "messages were deleted before they were read",
            "log_level": "error",
            "topic": "events",
            "partition": 2,
            "since": 1,
            "until": 3,
            "messages": 2,
        }
    ]
