"""Random revisions, faults and losses of the log: what people see in the end."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from schemas.alert import Alert, Level, Status
from schemas.ledger import Entry
from services.notifier.domain.decide import decide
from services.notifier.domain.decisions import Decision, LookUp
from services.notifier.domain.errors import (
    RetryableError,
    UnknownOutcome,
)
from services.notifier.domain.rebuild import read_entries
from services.notifier.domain.stages import DecisionContext
from services.notifier.domain.traits import ReceiverTraits
from tests.notifier.alerts import alert
from tests.notifier.desk import RESOLVED
from tests.notifier.losing_desk import PAGER, LosingDesk

DAY = 86_400


def outcomes() -> st.SearchStrategy[Any]:
    unknown = [
        (UnknownOutcome("?", settled=settled), landed)
        for settled in (True, False)
        for landed in (0, 1)
    ]
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


def handle_some(desk: LosingDesk, played: list[Any]) -> None:
    """Queue the revisions, each with the receiver's faults; handle some of the jobs."""
    for revision, (status, level, seconds, faults) in enumerate(played, start=1):
        desk.receiver.faults = list(faults)
        desk.queue(alert(revision=revision, status=status, level=level))
        desk.clock.move(seconds)
        for _ in range(2):
            if any(queued.due <= desk.clock.now for queued in desk.log.queue.values()):
                desk.handle_next()


@given(played=revisions, kind=st.sampled_from([None, PAGER]))
def test_the_ledger_decides_as_the_log_would(
    played: list[Any], kind: ReceiverTraits | None
) -> None:
    desk = LosingDesk(kind)
    handle_some(desk, played)
    desk.relay()
    name, later = desk.receiver.traits.name, desk.clock.move(DAY)
    entry = desk.log.entries.get((name, "a1"), Entry())
    rebuilt = next((entry.entry for entry in read_entries(desk.history.ledger)), Entry())

    for probe in probes(len(played)):
        from_log = decide(DecisionContext(entry, probe, desk.receiver.traits, later))
        from_ledger = decide(DecisionContext(rebuilt, probe, desk.receiver.traits, later))
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


@given(played=revisions, more=revisions, undelivered=st.integers(0, 3))
def test_whatever_is_lost_slack_has_one_message_with_the_last_revision(
    played: list[Any], more: list[Any], undelivered: int
) -> None:
    desk = LosingDesk()
    handle_some(desk, played)
    desk.lose(undelivered)
    desk.receiver.faults = []
    desk.rebuilder.ensure_complete()
    desk.handle_all()

    last = len(played) + len(more)
    desk.queue(alert(revision=last, status=more[-1][0], level=more[-1][1]))
    desk.handle_all()

    assert len(desk.messages) == 1
    assert desk.messages[0][-1] == f"{last} {more[-1][0]}"


@given(
    played=st.lists(st.lists(outcomes(), max_size=3), min_size=1, max_size=4),
    undelivered=st.integers(0, 3),
    ends=st.booleans(),
)
def test_whatever_is_lost_nobody_is_paged_twice(
    played: list[Any], undelivered: int, *, ends: bool
) -> None:
    desk = LosingDesk(PAGER)
    steps = [(Status.FIRING, Level.HIGH, 3, faults) for faults in played]
    if ends:
        steps[-1] = (Status.RESOLVED, Level.HIGH, 3, played[-1])
    handle_some(desk, steps)
    desk.lose(undelivered)
    desk.receiver.faults = []
    known = [entry.entry for entry in read_entries(desk.history.ledger)]
    desk.rebuilder.ensure_complete()
    desk.handle_all()
    desk.queue(alert(revision=len(steps) + 1, **RESOLVED))
    desk.handle_all()

    pages = desk.pager.opened["a1"]
    # an ended alert is paged only if the ledger says that it was not sent
    assert pages == 1 or (ends and pages == (2 if known else 0))
    assert pages < 2 or known[0].status is None
    assert desk.pager.shown["a1"][-1].alert.status is Status.RESOLVED
