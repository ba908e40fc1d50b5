"""The log is lost at any moment: what the channel and the pager show in the end."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kafka.errors import KafkaConnectionError

from schemas.alert import Alert, Level, Status
from schemas.ledger import Entry, LedgerLine
from schemas.topics import LEDGER
from services.notifier.adapters.rebuilder import Rebuilder
from services.notifier.domain.decide import Decision, LookUp, ReceiverTraits, decide
from services.notifier.domain.errors import LeaseLost, LogLost, RetryableError, UnknownOutcome
from services.notifier.domain.ports import Completion, Notice, OutboxRecord
from services.notifier.domain.rebuild import read_entries
from tests.fakes import FakeReceiver
from tests.notifier.alerts import alert, job
from tests.notifier.desk import HOLD, RESOLVED, DeliveryDesk
from tests.notifier.fakes import FakeHistory, FakeLostLog

PAGER = ReceiverTraits("pagerduty", least=Level.HIGH, pages=True, replays=False, idempotent=True)
DAY = 86_400


class FakePager(FakeReceiver):
    """Knows an incident by its alert, as PagerDuty does."""

    def send(self, notice: Notice) -> str:
        self._do(notice.alert.id, notice)
        return notice.alert.id

    def edit(self, handle: str, notice: Notice) -> str:
        del handle  # the alert says it
        return self.send(notice)

    @property
    def opened(self) -> dict[str, int]:
        """How many incidents were opened for each alert."""
        return {one: self._count(notices) for one, notices in self.shown.items()}

    def _count(self, notices: list[Notice]) -> int:
        firing = [False, *(one.alert.status is Status.FIRING for one in notices)]
        return sum(now and not before for before, now in pairwise(firing))


class LosingDesk(DeliveryDesk):
    """A desk whose log may be lost; Kafka keeps all but the newest letters."""

    def __init__(self, traits: ReceiverTraits | None = None) -> None:
        super().__init__(traits, FakePager(traits) if traits else None)
        self.history = FakeHistory()
        self.lost = FakeLostLog(self.log)
        self.notes: dict[str, str] = {}
        self.rebuilder = Rebuilder(
            self.lost, self.history, [self.receiver.traits], HOLD, self.clock, self.notes, self.told
        )
        self.rebuilt = 0

    def told(self) -> None:
        self.rebuilt += 1

    def take(self, *alerts: Alert) -> None:
        """As a notifier does: told by Kafka, queued, committed."""
        self.history.told += [(job(one), self.clock()) for one in alerts]
        super().take(*alerts)
        self.history.committed = len(self.history.told)

    def deliver(self, but: int = 0) -> None:
        """The relay brings the letters to Kafka, but for the newest."""
        letters = self.log.records
        taken = [letters.pop(0) for _ in range(max(0, len(letters) - but))]
        self.history.ledger += lines_of(taken)

    def lose(self, undelivered: int = 0) -> None:
        self.deliver(undelivered)
        self.log.lose_all()

    @property
    def pager(self) -> FakePager:
        assert isinstance(self.receiver, FakePager)
        return self.receiver


def lines_of(letters: list[OutboxRecord]) -> list[LedgerLine]:
    return [LedgerLine.model_validate_json(one.value) for one in letters if one.topic == LEDGER]


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


def test_nothing_is_sent_before_the_log_is_back(desk: LosingDesk) -> None:
    desk.take(alert())
    desk.lose()
    desk.history.faults = [KafkaConnectionError()]

    with pytest.raises(KafkaConnectionError):
        desk.rebuilder.ensure_complete()

    assert desk.rebuilder.check() == "rebuilding the log from the ledger"
    with pytest.raises(LogLost):
        desk.log.claim("slack", desk.clock())


def test_the_next_revision_edits_the_same_message(desk: LosingDesk) -> None:
    desk.take(alert())
    desk.until_idle()
    desk.lose()

    desk.rebuilder.ensure_complete()
    desk.take(alert(revision=2, **RESOLVED))
    desk.until_idle()

    assert desk.messages == [["1 firing", "2 resolved"]]
    assert desk.receiver.looks == 0


@pytest.mark.parametrize("sent", [True, False])
def test_what_has_no_line_is_looked_for_and_told_once(desk: LosingDesk, *, sent: bool) -> None:
    desk.take(alert())
    if sent:
        desk.turn()
    desk.lose(undelivered=100)
    desk.history.ledger = lines_of(about_another())

    desk.rebuilder.ensure_complete()
    desk.until_idle()

    assert desk.messages == [["1 firing"]]
    assert desk.receiver.looks >= 1
    assert not desk.receiver.shown["m1"][0].possible_repeat


def about_another() -> list[OutboxRecord]:
    other = LosingDesk()
    other.take(alert("other"))
    other.until_idle()
    return other.log.records


def test_what_arrived_while_the_log_was_lost_goes_out(desk: LosingDesk) -> None:
    desk.take(alert())
    desk.until_idle()
    desk.lose()
    late = alert("late")
    desk.history.told.append((job(late), desk.clock()))
    with pytest.raises(LogLost):
        desk.log.put([job(late)], ["slack"], desk.clock())

    desk.rebuilder.ensure_complete()
    desk.log.put([job(late)], ["slack"], desk.clock())
    desk.until_idle()

    assert desk.messages == [["1 firing"], ["1 firing"]]


def test_what_was_given_up_is_not_tried_again(desk: LosingDesk) -> None:
    desk.receiver.faults = [RetryableError("503")] * 5000
    desk.take(alert())
    for _ in range(3000):
        if desk.log.queue:
            desk.clock.now = max(desk.clock.now, min(q.due for q in desk.log.queue.values()))
            desk.turn()
    desk.receiver.faults = []
    desk.lose()

    desk.rebuilder.ensure_complete()

    assert desk.log.queue == {}


def test_a_ledger_that_is_gone_too_is_said_and_nothing_comes_twice(desk: LosingDesk) -> None:
    desk.take(alert("firing"), alert("ended"), alert("ended", 2, **RESOLVED))
    desk.until_idle()
    desk.clock.move(5 * DAY)
    desk.lose()
    desk.history.ledger.clear()

    desk.rebuilder.ensure_complete()
    desk.until_idle()
    desk.take(alert("ended", 3))
    desk.until_idle()

    assert "the ledger was empty" in desk.notes["ledger"]
    assert desk.messages == [["1 firing"], ["2 resolved", "3 firing"]]


def test_a_gap_is_said_for_thirty_days(desk: LosingDesk) -> None:
    desk.log.completion = Completion(desk.clock(), gap=True)

    desk.rebuilder.ensure_complete()
    said = dict(desk.notes)
    desk.clock.move(31 * DAY)
    desk.rebuilder.ensure_complete()

    assert "(since 2026-11-22 12:00 UTC)" in said["ledger"]
    assert desk.notes == {}


def test_another_that_rebuilds_is_waited_for(desk: LosingDesk) -> None:
    desk.log.lose_all()
    other = FakeLostLog(desk.log, "other")
    assert other.lease()

    desk.rebuilder.ensure_complete()

    assert desk.rebuilder.check() == "rebuilding the log from the ledger"
    assert desk.rebuilt == 0


def test_a_loss_in_the_midst_of_it_begins_it_again(desk: LosingDesk) -> None:
    desk.take(alert())
    desk.until_idle()
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
def test_nobody_is_paged_again_for_what_is_over(pager: LosingDesk, *, landed: bool | None) -> None:
    pager.take(alert())
    pager.until_idle()
    pager.take(alert(revision=2, **RESOLVED))
    pager.until_idle()
    pager.lose(undelivered=100)
    pager.receiver.faults = [] if landed is None else [(UnknownOutcome("?"), landed)]

    pager.rebuilder.ensure_complete()
    pager.until_idle()

    assert pager.pager.opened == {"a1": 1}


def outcomes() -> st.SearchStrategy[Any]:
    unknown = [(UnknownOutcome("?", settled=one), two) for one in (True, False) for two in (0, 1)]
    return st.sampled_from([None, None, RetryableError("429"), *unknown])


revisions = st.lists(
    st.tuples(
        st.sampled_from([Status.FIRING, Status.FIRING, Status.RESOLVED]),
        st.sampled_from([Level.MEDIUM, Level.HIGH, Level.CRITICAL]),
        st.integers(0, 40),
        st.lists(outcomes(), max_size=3),
    ),
    min_size=1,
    max_size=6,
)


def play(desk: LosingDesk, told: list[Any]) -> None:
    """Each revision with what the receiver does meanwhile; not all is attended to."""
    for revision, (status, level, seconds, faults) in enumerate(told, start=1):
        desk.receiver.faults = list(faults)
        desk.take(alert(revision=revision, status=status, level=level))
        desk.clock.move(seconds)
        for _ in range(2):
            if any(one.due <= desk.clock.now for one in desk.log.queue.values()):
                desk.turn()


@given(told=revisions, kind=st.sampled_from([None, PAGER]))
def test_the_ledger_decides_as_the_log_would(told: list[Any], kind: ReceiverTraits | None) -> None:
    desk = LosingDesk(kind)
    play(desk, told)
    desk.deliver()
    name, later = desk.receiver.traits.name, desk.clock.move(DAY)
    entry = desk.log.entries.get((name, "a1"), Entry())
    rebuilt = next((one.entry for one in read_entries(desk.history.ledger)), Entry())

    for probe in probes(len(told)):
        from_log = decide(entry, probe, desk.receiver.traits, later)
        from_ledger = decide(rebuilt, probe, desk.receiver.traits, later)
        assert timeless(from_ledger) == timeless(from_log)


def probes(newest: int) -> list[Alert]:
    return [
        alert(revision=revision, status=status, level=level)
        for revision in range(1, newest + 2)
        for status in (Status.FIRING, Status.RESOLVED)
        for level in (Level.MEDIUM, Level.HIGH)
    ]


def timeless(decision: Decision) -> object:
    return decision.reason if isinstance(decision, LookUp) else decision


@given(told=revisions, more=revisions, undelivered=st.integers(0, 3))
def test_whatever_is_lost_slack_has_one_message_with_the_last_word(
    told: list[Any], more: list[Any], undelivered: int
) -> None:
    desk = LosingDesk()
    play(desk, told)
    desk.lose(undelivered)
    desk.receiver.faults = []
    desk.rebuilder.ensure_complete()
    desk.until_idle()

    last = len(told) + len(more)
    desk.take(alert(revision=last, status=more[-1][0], level=more[-1][1]))
    desk.until_idle()

    assert len(desk.messages) == 1
    assert desk.messages[0][-1] == f"{last} {more[-1][0]}"


@given(
    told=st.lists(st.lists(outcomes(), max_size=3), min_size=1, max_size=4),
    undelivered=st.integers(0, 3),
    ends=st.booleans(),
)
def test_whatever_is_lost_nobody_is_paged_twice(
    told: list[Any], undelivered: int, *, ends: bool
) -> None:
    desk = LosingDesk(PAGER)
    steps = [(Status.FIRING, Level.HIGH, 3, faults) for faults in told]
    if ends:
        steps[-1] = (Status.RESOLVED, Level.HIGH, 3, told[-1])
    play(desk, steps)
    desk.lose(undelivered)
    desk.receiver.faults = []
    known = [one.entry for one in read_entries(desk.history.ledger)]
    desk.rebuilder.ensure_complete()
    desk.until_idle()
    desk.take(alert(revision=len(steps) + 1, **RESOLVED))
    desk.until_idle()

    pages = desk.pager.opened["a1"]
    # what is over by now: not paged where nothing is known, paged where it was not sent yet
    assert pages == 1 or (ends and pages == (2 if known else 0))
    assert pages < 2 or known[0].status is None
    assert desk.pager.shown["a1"][-1].alert.status is Status.RESOLVED
