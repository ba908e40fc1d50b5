"""A log that is lost is rebuilt with its groups: their messages are edited, not sent again."""

import pytest

from services.notifier.adapters.routes_file import parse_routes
from services.notifier.domain.placement import place_alert
from tests.notifier.alerts import alert
from tests.notifier.desk import RESOLVED
from tests.notifier.grouping.group_desk import ROUTES, list_ids
from tests.notifier.losing_desk import LosingDesk


class LosingGroupDesk(LosingDesk):
    """A channel with groups by rule, whose log may be lost."""

    def __init__(self) -> None:
        super().__init__()
        self.routing = parse_routes("r", ROUTES.encode(), ("slack",))
        self.log.place = self.rebuilder.place = lambda shown, receiver, now: place_alert(
            self.routing, shown, receiver, now
        )

    @property
    def shown(self) -> list[list[list[str]]]:
        return [[list_ids(notice) for notice in all_] for all_ in self.receiver.shown.values()]


@pytest.fixture
def desk() -> LosingGroupDesk:
    return LosingGroupDesk()


@pytest.mark.parametrize("undelivered", [0, 1, 5], ids=["all lines", "but one", "none"])
def test_a_shown_group_is_not_sent_again(desk: LosingGroupDesk, undelivered: int) -> None:
    desk.queue(alert("a"), alert("b"))
    desk.handle_all()

    desk.lose(undelivered)
    desk.rebuilder.ensure_complete()
    desk.handle_all()

    [message] = desk.shown
    assert {tuple(sorted(ids)) for ids in message} == {("a", "b")}
    assert desk.receiver.replies == []


def test_what_waited_is_sent_after_a_loss(desk: LosingGroupDesk) -> None:
    desk.queue(alert("a"))
    desk.handle_next()

    desk.lose()
    desk.rebuilder.ensure_complete()
    desk.handle_all()

    assert desk.shown == [[["a"]]]


def test_a_group_goes_on_after_a_loss(desk: LosingGroupDesk) -> None:
    desk.queue(alert("a"))
    desk.handle_all()
    desk.lose()
    desk.rebuilder.ensure_complete()
    desk.handle_all()

    desk.queue(alert("b"), alert("a", 2, **RESOLVED))
    desk.handle_all()

    assert desk.shown == [[["a"], ["b"]]]


def test_what_had_ended_before_does_not_come_again(desk: LosingGroupDesk) -> None:
    desk.queue(alert("a"))
    desk.handle_all()
    desk.queue(alert("a", 2, **RESOLVED))
    desk.handle_all()

    desk.lose()
    desk.rebuilder.ensure_complete()
    desk.handle_all()

    assert desk.shown == [[["a"], []]]
    assert desk.log.groups == {}
