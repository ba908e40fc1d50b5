"""The session: how long a worker may consider itself a member of its group."""

import asyncio
from dataclasses import dataclass, field

import pytest

from services.matcher.adapters.stream.session import LeftGroup, Session


@dataclass
class SessionFixture:
    """A session of 6 seconds in a group that waits 60 for members to rejoin."""

    time: float = 1000.0
    lost: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.session = Session(6.0, 60.0, lambda: self.lost.append(self.time), lambda: self.time)


@pytest.fixture
def member() -> SessionFixture:
    return SessionFixture()


def test_it_is_not_valid_before_the_first_answer(member: SessionFixture) -> None:
    assert not member.session.is_valid()


def test_it_is_valid_for_half_its_time_after_an_answered_request_was_sent(
    member: SessionFixture,
) -> None:
    member.session.confirm(member.time)

    member.time += 2.99
    assert member.session.is_valid()
    member.time += 0.01
    assert not member.session.is_valid()


def test_an_answer_that_waited_while_the_process_slept_confirms_nothing(
    member: SessionFixture,
) -> None:
    sent = member.time

    member.time += 20
    member.session.confirm(sent)

    assert not member.session.is_valid()


def test_in_a_rebalance_it_is_valid_while_the_group_waits_and_no_longer(
    member: SessionFixture,
) -> None:
    for _ in range(58):
        member.session.confirm(member.time, rebalancing=True)
        member.time += 1

    assert not member.session.is_valid()
    member.session.confirm(member.time)
    assert member.session.is_valid()


def test_each_rebalance_waits_for_its_own_time(member: SessionFixture) -> None:
    for _ in range(10):
        member.session.confirm(member.time, rebalancing=True)
        member.time += 40
        member.session.confirm(member.time)

    member.session.confirm(member.time, rebalancing=True)

    assert member.session.is_valid()


async def test_a_wait_ends_as_soon_as_it_is_valid_again(member: SessionFixture) -> None:
    waiting = asyncio.create_task(member.session.wait_valid())
    await asyncio.sleep(0.05)
    assert not waiting.done()

    member.session.confirm(member.time)

    await asyncio.wait_for(waiting, 5)


def test_a_lost_session_is_reported_once_and_is_not_valid(member: SessionFixture) -> None:
    member.session.confirm(member.time)

    member.session.lose()
    member.session.lose()

    assert member.lost == [member.time]
    assert not member.session.is_valid()


def test_there_is_nothing_to_lose_before_the_first_answer(member: SessionFixture) -> None:
    member.session.lose()

    assert member.lost == []


async def test_after_leaving_nothing_is_lost_and_nothing_waits(
    member: SessionFixture,
) -> None:
    member.session.confirm(member.time)
    member.session.leave()
    member.session.lose()

    assert member.lost == []
    with pytest.raises(LeftGroup):
        await member.session.wait_valid()


def test_a_member_is_unanswered_after_a_session_without_an_answer(member: SessionFixture) -> None:
    member.session.confirm(member.time)

    member.time += 6
    assert not member.session.is_unanswered()
    member.time += 0.1
    assert member.session.is_unanswered()


def test_while_it_joins_it_waits_for_others_and_is_not_unanswered(member: SessionFixture) -> None:
    member.session.confirm(member.time)

    with member.session.joining():
        member.time += 50
        joining = member.session.is_unanswered()

    assert not joining
    assert not member.session.is_unanswered()


def test_before_the_first_answer_and_after_leaving_nothing_is_unanswered(
    member: SessionFixture,
) -> None:
    member.time += 10
    before = member.session.is_unanswered()
    member.session.confirm(member.time)
    member.session.leave()
    member.time += 10

    assert not before
    assert not member.session.is_unanswered()
