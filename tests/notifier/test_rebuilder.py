"""The log is lost at any time: what the channel and the pager show in the end."""

from typing import Any

import pytest
from kafka.errors import KafkaConnectionError

from services.notifier.domain.errors import (
    LeaseLost,
    LogLost,
    PermanentRefusal,
    UnknownOutcome,
)
from services.notifier.domain.ports import OutboxRecord
from services.notifier.domain.rebuild_ports import Completion
from tests.notifier.alerts import alert, job
from tests.notifier.desk import RESOLVED
from tests.notifier.fakes import FakeLostLog
from tests.notifier.losing_desk import PAGER, LosingDesk, decode_lines

DAY = 86_400


@pytest.fixture
def desk() -> LosingDesk:
    return LosingDesk()


@pytest.fixture
def pager() -> LosingDesk:
    return LosingDesk(PAGER)


def test_a_new_installation_begins_at_once(desk: LosingDesk) -> None:
    desk.log.lose_all()

    desk.rebuilder.ensure_complete()

    assert desk.rebuilder.check() is None
    assert desk.notes == {}
    assert desk.log.records == []


def test_nothing_is_sent_before_the_log_is_complete(desk: LosingDesk) -> None:
    desk.queue(alert())
    desk.lose()
    desk.history.faults = [KafkaConnectionError()]

    with pytest.raises(KafkaConnectionError):
        desk.rebuilder.ensure_complete()

    assert desk.rebuilder.check() == "rebuilding the log from the ledger"
    with pytest.raises(LogLost):
        desk.log.claim("slack", desk.clock())


def test_the_next_revision_edits_the_same_message(desk: LosingDesk) -> None:
    desk.queue(alert())
    desk.handle_all()
    desk.lose()

    desk.rebuilder.ensure_complete()
    desk.queue(alert(revision=2, **RESOLVED))
    desk.handle_all()

    assert desk.messages == [["1 firing", "2 resolved"]]
    assert desk.receiver.lookups == 0


@pytest.mark.parametrize("sent", [True, False])
def test_a_revision_without_a_line_is_looked_up_and_sent_once(
    desk: LosingDesk, *, sent: bool
) -> None:
    desk.queue(alert())
    if sent:
        desk.handle_next()
    desk.lose(undelivered=100)
    desk.history.ledger = decode_lines(about_another())

    desk.rebuilder.ensure_complete()
    desk.handle_all()

    assert desk.messages == [["1 firing"]]
    assert desk.receiver.lookups >= 1
    assert not desk.receiver.shown["m1"][0].possible_repeat


def about_another() -> list[OutboxRecord]:
    other = LosingDesk()
    other.queue(alert("other"))
    other.handle_all()
    return other.log.records


def test_an_alert_that_arrived_while_the_log_was_lost_is_sent(desk: LosingDesk) -> None:
    desk.queue(alert())
    desk.handle_all()
    desk.lose()
    late = alert("late")
    desk.history.recorded.append((job(late), desk.clock()))
    with pytest.raises(LogLost):
        desk.log.put([job(late)], ["slack"], desk.clock())

    desk.rebuilder.ensure_complete()
    desk.log.put([job(late)], ["slack"], desk.clock())
    desk.handle_all()

    assert desk.messages == [["1 firing"], ["1 firing"]]


def test_a_revision_given_up_is_not_tried_again(desk: LosingDesk) -> None:
    desk.receiver.faults = [PermanentRefusal("msg_too_long")] * 2
    desk.queue(alert())
    desk.handle_all()
    desk.lose()

    desk.rebuilder.ensure_complete()

    assert desk.log.queue == {}


def test_a_lost_ledger_is_noted_and_nothing_is_sent_twice(desk: LosingDesk) -> None:
    desk.queue(alert("firing"), alert("ended"), alert("ended", 2, **RESOLVED))
    desk.handle_all()
    desk.clock.move(5 * DAY)
    desk.lose()
    desk.history.ledger.clear()

    desk.rebuilder.ensure_complete()
    desk.handle_all()
    desk.queue(alert("ended", 3))
    desk.handle_all()

    assert "the ledger was empty" in desk.notes["ledger"]
    assert desk.messages == [["1 firing"], ["2 resolved", "3 firing"]]


def test_a_gap_is_noted_for_thirty_days(desk: LosingDesk) -> None:
    desk.log.completion = Completion(desk.clock(), gap=True)

    desk.rebuilder.ensure_complete()
    noted = dict(desk.notes)
    desk.clock.move(31 * DAY)
    desk.rebuilder.ensure_complete()

    assert "(since 2026-11-22 12:00 UTC)" in noted["ledger"]
    assert desk.notes == {}


def test_another_rebuilding_notifier_is_awaited(desk: LosingDesk) -> None:
    desk.log.lose_all()
    other = FakeLostLog(desk.log, "other")
    assert other.lease()

    desk.rebuilder.ensure_complete()

    assert desk.rebuilder.check() == "rebuilding the log from the ledger"
    assert desk.rebuilt == 0


def test_a_loss_during_a_rebuild_begins_it_again(desk: LosingDesk) -> None:
    desk.queue(alert())
    desk.handle_all()
    desk.lose()
    desk.lost.renew = lose_then(desk)  # type: ignore[method-assign]

    with pytest.raises(LeaseLost):
        desk.rebuilder.ensure_complete()
    del desk.lost.renew
    desk.rebuilder.ensure_complete()

    assert desk.rebuilder.check() is None
    assert desk.log.entries["slack", "a1"].handle == "m1"


def lose_then(desk: LosingDesk) -> Any:
    def renew() -> None:
        desk.log.lose_all()
        FakeLostLog.renew(desk.lost)

    return renew


@pytest.mark.parametrize("landed", [None, True, False], ids=["answered", "landed", "lost"])
def test_nobody_is_paged_again_for_an_ended_alert(
    pager: LosingDesk, *, landed: bool | None
) -> None:
    pager.queue(alert())
    pager.handle_all()
    pager.queue(alert(revision=2, **RESOLVED))
    pager.handle_all()
    pager.lose(undelivered=100)
    pager.receiver.faults = [] if landed is None else [(UnknownOutcome("?"), landed)]

    pager.rebuilder.ensure_complete()
    pager.handle_all()

    assert pager.pager.opened == {"a1": 1}
