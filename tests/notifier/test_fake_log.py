"""The fake keeps the promises of the real log."""

from collections.abc import Callable

import pytest

from services.notifier.domain.ports import Letter, NotificationLog
from tests.fakes import FakeClock, FakeLog
from tests.notifier.log_suite import HOLD, LogSuite


class TestFakeLog(LogSuite):
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

    def letters(self, log: NotificationLog) -> list[Letter]:
        assert isinstance(log, FakeLog)
        return log.letters
