"""The session: how long a worker may take itself for a member of its group."""

import asyncio
from dataclasses import dataclass, field

import pytest

from services.matcher.adapters.stream.session import Left, Session


@dataclass
class SessionFixture:
    """A session of 6 seconds in a group that waits 60 for whom it rebalances."""

    time: float = 1000.0
    lost: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.session = Session(6.0, 60.0, lambda: self.lost.append(self.time), lambda: self.time)


@pytest.fixture
def member() -> SessionFixture:
    return SessionFixture()


def test_it_does_not_stand_before_the_first_answer(member: SessionFixture) -> None:
    assert not member.session.stands()


def test_it_stands_for_half_its_time_after_what_was_answered_was_sent(
    member: SessionFixture,
) -> None:
    member.session.confirm(member.time)

    member.time += 2.99
    assert member.session.stands()
    member.time += 0.01
    assert not member.session.stands()


def test_an_answer_that_waited_while_we_slept_confirms_nothing(member: SessionFixture) -> None:
    asked = member.time

    member.time += 20
    member.session.confirm(asked)

    assert not member.session.stands()


def test_in_a_rebalance_it_stands_while_the_group_waits_for_us_and_no_longer(
    member: SessionFixture,
) -> None:
    for _ in range(58):
        member.session.confirm(member.time, rebalancing=True)
        member.time += 1

    assert not member.session.stands()
    member.session.confirm(member.time)
    assert member.session.stands()


def test_the_wait_starts_anew_with_each_rebalance(member: SessionFixture) -> None:
    for _ in range(10):
        member.session.confirm(member.time, rebalancing=True)
        member.time += 40
        member.session.confirm(member.time)

    member.session.confirm(member.time, rebalancing=True)

    assert member.session.stands()


async def test_who_waits_goes_on_as_soon_as_it_stands_again(member: SessionFixture) -> None:
    waiting = asyncio.create_task(member.session.standing())
    await asyncio.sleep(0.05)
    assert not waiting.done()

    member.session.confirm(member.time)

    await asyncio.wait_for(waiting, 5)


def test_a_lost_session_is_told_once_and_stands_no_more(member: SessionFixture) -> None:
    member.session.confirm(member.time)

    member.session.lose()
    member.session.lose()

    assert member.lost == [member.time]
    assert not member.session.stands()


def test_there_is_nothing_to_lose_before_the_first_answer(member: SessionFixture) -> None:
    member.session.lose()

    assert member.lost == []


async def test_who_left_in_order_loses_nothing_and_waits_for_nothing(
    member: SessionFixture,
) -> None:
    member.session.confirm(member.time)
    member.session.leave()
    member.session.lose()

    assert member.lost == []
    with pytest.raises(Left):
        await member.session.standing()
