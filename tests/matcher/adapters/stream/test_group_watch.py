"""The group watch: what /readyz says of the group."""

from typing import Any

import pytest

from services.matcher.adapters.stream.group_watch import GroupWatch
from services.matcher.adapters.topics.cluster import KafkaCluster


class FakeApp:
    """An app that processes messages; a crash ends the test's wait."""

    settled = True
    should_stop = False
    consumer = None

    def __init__(self) -> None:
        self.crashes: list[BaseException] = []

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
