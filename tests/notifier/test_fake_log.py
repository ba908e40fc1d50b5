"""The fake keeps the promises of the real log."""

from collections.abc import Callable

import pytest

from services.notifier.domain.ports import NotificationLog, OutboxRecord
from services.notifier.domain.rebuild_ports import LostLog
from tests.fake_log import FakeLog
from tests.fakes import FakeClock
from tests.notifier.fakes import FakeLostLog
from tests.notifier.group_log_suite import GroupLogSuite, place_by_country
from tests.notifier.log_order_suite import LogOrderSuite
from tests.notifier.log_steps import HOLD
from tests.notifier.log_suite import LogSuite
from tests.notifier.lost_log_suite import LostLogSuite


class _InMemory:
    @pytest.fixture
    def clock(self) -> FakeClock:
        return FakeClock()

    @pytest.fixture
    def log(self, clock: FakeClock) -> NotificationLog:
        return FakeLog(clock, HOLD)

    @pytest.fixture
    def pass_hold(self, clock: FakeClock) -> Callable[[], None]:
        def end_leases() -> None:
            clock.move(HOLD.total_seconds() + 1)

        return end_leases

    @pytest.fixture
    def lost(self, log: NotificationLog) -> LostLog:
        assert isinstance(log, FakeLog)
        return FakeLostLog(log, "one")

    @pytest.fixture
    def other(self, log: NotificationLog) -> LostLog:
        assert isinstance(log, FakeLog)
        return FakeLostLog(log, "other")

    @pytest.fixture
    def lose(self, log: NotificationLog) -> Callable[[], None]:
        assert isinstance(log, FakeLog)
        return log.lose_all

    def records(self, log: NotificationLog) -> list[OutboxRecord]:
        assert isinstance(log, FakeLog)
        return log.records


class TestFakeLog(_InMemory, LogSuite):
    pass


class TestFakeLogOrder(_InMemory, LogOrderSuite):
    pass


class TestFakeLostLog(_InMemory, LostLogSuite):
    pass


class TestGroupsOfFakeLog(GroupLogSuite):
    @pytest.fixture
    def clock(self) -> FakeClock:
        return FakeClock()

    @pytest.fixture
    def log(self, clock: FakeClock) -> NotificationLog:
        return FakeLog(clock, HOLD, place=place_by_country)
