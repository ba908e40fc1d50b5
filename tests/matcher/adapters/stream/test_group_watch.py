"""The group watch: what /readyz says of the group."""

from typing import Any, cast

import pytest
from faust.types import TP
from prometheus_client import REGISTRY

from services.matcher.adapters.stream.consumer import Consumer
from services.matcher.adapters.stream.group_watch import GroupWatch
from services.matcher.adapters.stream.progress import Lag
from services.matcher.adapters.stream.session import Session
from services.matcher.adapters.topics.cluster import KafkaCluster

OWNED, MOVED = TP("events", 0), TP("events", 1)


class FakeApp:
    """An app that processes messages; a crash ends the test's wait."""

    settled = True
    should_stop = False
    consumer: Any = None

    def __init__(self) -> None:
        self.crashes: list[BaseException] = []
        self.processed: dict[TP, float] = {}
        self.session = Session(6.0, 60.0, lambda: None)

    async def crash(self, error: BaseException) -> None:
        self.crashes.append(error)
        raise InterruptedError


class GrownCluster(KafkaCluster):
    """A topic with two partitions that had one."""

    def known_partitions(self, _topic: str) -> int:
        return 2

    async def poll(self) -> bool:
        return True

    async def close(self) -> None:
        """Nothing is open."""


class StillCluster(GrownCluster):
    """A topic with as many partitions as before; the app stops after the first poll."""

    app: Any

    def known_partitions(self, _topic: str) -> int:
        return 1

    async def poll(self) -> bool:
        self.app.should_stop = True
        return True


class OwningConsumer(Consumer):
    """A consumer that owns one partition, and never joined a group."""

    def __init__(self) -> None:
        """Nothing is connected."""

    def lags(self) -> dict[TP, Lag]:
        return {OWNED: Lag(7, 0)}


ADDED = "topic events has 2 partitions now, and had 1 at the start"


@pytest.fixture
def app() -> Any:
    return FakeApp()


@pytest.fixture
def watch(app: Any) -> GroupWatch:
    nothing: Any = None
    return GroupWatch(app, GrownCluster(nothing, followed={"events": 1}))


def test_added_partitions_are_a_reason_not_to_be_ready(watch: GroupWatch) -> None:
    assert watch.check_group() == ADDED


async def test_added_partitions_end_the_process(
    app: FakeApp, watch: GroupWatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.matcher.adapters.stream.crash.GRACE_SECONDS", 3600)

    with pytest.raises(InterruptedError):
        await watch.run()

    assert [str(error) for error in app.crashes] == [ADDED]


async def test_how_far_partitions_are_processed_is_shown_while_they_are_owned(
    app: FakeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.matcher.adapters.stream.group_watch.POLL_SECONDS", 0)
    nothing: Any = None
    cluster, given_app = StillCluster(nothing), cast("Any", app)
    cluster.app, app.consumer = app, OwningConsumer()
    app.processed = {OWNED: 20.0, MOVED: 10.0}

    await GroupWatch(given_app, cluster).run()

    shown = [
        REGISTRY.get_sample_value(
            "vedette_matcher_processed_timestamp_seconds", {"topic": "events", "partition": number}
        )
        for number in ("0", "1")
    ]
    assert shown == [20.0, None]
    assert app.processed == {OWNED: 20.0}
