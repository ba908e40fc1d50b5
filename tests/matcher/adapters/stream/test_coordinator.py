"""The group's answers: which of them confirm the session, and which are its end."""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka.cluster import ClusterMetadata
from aiokafka.consumer.group_coordinator import GroupCoordinator
from aiokafka.consumer.subscription_state import SubscriptionState
from aiokafka.errors import (
    CommitFailedError,
    GroupCoordinatorNotAvailableError,
    IllegalGenerationError,
    NoError,
    RebalanceInProgressError,
    RequestTimedOutError,
    UnknownMemberIdError,
)
from aiokafka.protocol.commit import OffsetCommitRequest
from aiokafka.protocol.group import JoinGroupRequest
from aiokafka.structs import OffsetAndMetadata, TopicPartition

from services.matcher.adapters.stream.coordinator import Coordinator
from services.matcher.adapters.stream.session import Session

PARTITION = TopicPartition("events", 0)


@dataclass
class FakeClient:
    """Kafka's side of the group: answers everything with `error`."""

    error: type[Any] = NoError
    cluster: ClusterMetadata = field(default_factory=ClusterMetadata)
    on_request: Callable[[], object] = lambda: None

    async def send(self, _node: int, request: Any, **_options: Any) -> Any:
        self.on_request()
        if self.error is RequestTimedOutError:
            raise RequestTimedOutError
        if isinstance(request, OffsetCommitRequest):
            answer = (PARTITION.partition, self.error.errno)
            return SimpleNamespace(topics=[(PARTITION.topic, [answer])])
        return SimpleNamespace(error_code=self.error.errno)


class ConfirmedMember:
    """A member of the group that was confirmed long ago, if at all."""

    def __init__(self) -> None:
        self.time = 1000.0
        self.lost = 0
        self.client = FakeClient()
        self.session = Session(6.0, 60.0, self._count, lambda: self.time)
        self.coordinator = GroupCoordinator(
            self.client, SubscriptionState(), group_id="g", enable_auto_commit=False
        )
        Coordinator.adopt(self.coordinator, self.session)
        self.coordinator.coordinator_id = 0
        self.coordinator.member_id = "m"

    def _count(self) -> None:
        self.lost += 1

    async def heartbeat(self, error: type[Any] = NoError) -> None:
        self.client.error = error
        await self.coordinator._do_heartbeat()  # noqa: SLF001  (aiokafka has no public call)

    async def commit(self, error: type[Any]) -> None:
        self.client.error = error
        offsets: Mapping[TopicPartition, Any] = {PARTITION: OffsetAndMetadata(1, "")}
        await self.coordinator.commit_offsets(None, offsets)


@pytest.fixture
async def member() -> AsyncIterator[ConfirmedMember]:
    member = ConfirmedMember()
    yield member
    await member.coordinator.close()


@pytest.mark.parametrize("error", [NoError, RebalanceInProgressError])
async def test_a_heartbeat_that_is_answered_as_a_members_confirms(
    member: ConfirmedMember, error: type[Any]
) -> None:
    await member.heartbeat(error)

    assert member.session.is_valid()


@pytest.mark.parametrize("error", [RequestTimedOutError, GroupCoordinatorNotAvailableError])
async def test_without_an_answer_the_session_is_in_doubt_and_not_lost(
    member: ConfirmedMember, error: type[Any]
) -> None:
    await member.heartbeat()

    member.time += 10
    await member.heartbeat(error)

    assert not member.session.is_valid()
    assert member.lost == 0


@pytest.mark.parametrize("error", [UnknownMemberIdError, IllegalGenerationError])
async def test_a_member_that_kafka_does_not_know_has_lost_the_session(
    member: ConfirmedMember, error: type[Any]
) -> None:
    await member.heartbeat()

    await member.heartbeat(error)

    assert not member.session.is_valid()
    assert member.lost == 1


@pytest.mark.parametrize("error", [UnknownMemberIdError, IllegalGenerationError])
async def test_a_commit_that_is_refused_for_that_loses_it_too(
    member: ConfirmedMember, error: type[Any]
) -> None:
    await member.heartbeat()

    with pytest.raises(CommitFailedError):
        await member.commit(error)

    assert member.lost == 1


async def test_a_member_that_waits_for_others_to_join_is_not_unanswered(
    member: ConfirmedMember,
) -> None:
    await member.heartbeat()
    member.time += 10
    found: list[bool] = [member.session.is_unanswered()]
    member.client.on_request = lambda: found.append(member.session.is_unanswered())

    join = JoinGroupRequest("g", 6000, 60000, "m", "", "consumer", [])
    await member.coordinator._send_req(join)  # noqa: SLF001  (aiokafka has no public call)

    assert found == [True, False]


async def test_leaving_in_order_loses_nothing(member: ConfirmedMember) -> None:
    await member.heartbeat()

    await member.coordinator.close()

    assert member.lost == 0
