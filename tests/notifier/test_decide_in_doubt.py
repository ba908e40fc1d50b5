"""What to do where it is not known whether a message was sent, as a table."""

import pytest

from schemas.alert import Level
from schemas.ledger import Entry, Sending
from services.notifier.domain.decide import (
    decide,
    decide_after_lookup,
    decide_after_loss,
    decide_without_lookup,
)
from services.notifier.domain.decisions import (
    Adopt,
    Defer,
    Edit,
    FoundMessage,
    LookUp,
    PassOver,
    Reason,
    SendFirst,
)
from services.notifier.domain.stages import DecisionContext
from tests.notifier.alerts import NOON, SECOND, alert
from tests.notifier.decisions import (
    MEDIUM,
    MORE,
    PAGER,
    RESOLVED,
    SLACK,
    Case,
    sent_entry,
)

DOUBT = Sending(revision=1, since=NOON - 40 * SECOND, settles_at=NOON - 10 * SECOND)
FRESH_DOUBT = Sending(revision=1, since=NOON - SECOND, settles_at=NOON + 29 * SECOND)
END = DOUBT.model_copy(update={"ended": True})
FRESH_END = FRESH_DOUBT.model_copy(update={"ended": True})
ASSUMED = DOUBT.model_copy(update={"assumed": True})

CASES: dict[str, Case] = {
    "an unknown outcome is looked up": (
        Entry(sending=DOUBT),
        alert(),
        SLACK,
        LookUp(Reason.IN_DOUBT, DOUBT),
    ),
    "an unknown outcome is looked up for a newer revision too": (
        Entry(sending=DOUBT),
        alert(revision=4, **RESOLVED),
        SLACK,
        LookUp(Reason.IN_DOUBT, DOUBT),
    ),
    "an edit in doubt is made again": (
        sent_entry().model_copy(update={"sending": FRESH_DOUBT}),
        alert(revision=2, **RESOLVED),
        SLACK,
        Edit(Reason.NEWER),
    ),
    "a page in doubt is sent again": (
        Entry(sending=DOUBT),
        alert(),
        PAGER,
        SendFirst(Reason.HARMLESS),
    ),
    "an end waits for a page that may still land": (
        sent_entry().model_copy(update={"unanswered": FRESH_DOUBT}),
        alert(revision=2, **RESOLVED),
        PAGER,
        Defer(Reason.MAY_STILL_LAND, FRESH_DOUBT.settles_at),
    ),
    "a page opened for an ended alert is not closed before either": (
        sent_entry(2).model_copy(update={"unanswered": FRESH_DOUBT}),
        alert(revision=2, **RESOLVED),
        PAGER,
        Defer(Reason.MAY_STILL_LAND, FRESH_DOUBT.settles_at),
    ),
    "an end waits no longer once a page in doubt has landed": (
        sent_entry().model_copy(update={"unanswered": DOUBT}),
        alert(revision=2, **RESOLVED),
        PAGER,
        Edit(Reason.NEWER),
    ),
    "an end in doubt is sent again at once": (
        sent_entry().model_copy(update={"sending": FRESH_END}),
        alert(revision=2, **RESOLVED),
        PAGER,
        Edit(Reason.NEWER),
    ),
    "an alert that fires again is sent after an end in doubt": (
        sent_entry().model_copy(update={"sending": END}),
        alert(revision=3),
        PAGER,
        Edit(Reason.NEWER),
    ),
    "a higher level waits for no page in doubt": (
        sent_entry().model_copy(update={"sending": FRESH_DOUBT}),
        alert(revision=2, level=Level.CRITICAL),
        PAGER,
        Edit(Reason.NEWER),
    ),
    "after the log was lost a message is looked up": (
        Entry(sending=ASSUMED),
        alert(revision=2, **RESOLVED),
        SLACK,
        LookUp(Reason.IN_DOUBT, ASSUMED),
    ),
    "after the log was lost a page is sent again": (
        Entry(sending=ASSUMED),
        alert(),
        PAGER,
        SendFirst(Reason.HARMLESS),
    ),
    "after the log was lost nobody is paged for an ended alert": (
        Entry(sending=ASSUMED),
        alert(revision=2, **RESOLVED),
        PAGER,
        Edit(Reason.CLOSES_ASSUMED),
    ),
    "after the log was lost a drill pages nobody": (
        Entry(sending=ASSUMED),
        alert(exercise=True),
        PAGER,
        PassOver(Reason.EXERCISE),
    ),
    "a page in doubt is sent again though the level fell": (
        Entry(sending=DOUBT),
        alert(revision=2, **MEDIUM),
        PAGER,
        SendFirst(Reason.HARMLESS),
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_what_is_done_after_an_unknown_outcome(case: Case) -> None:
    entry, revision, traits, expected = case

    assert decide(DecisionContext(entry, revision, traits, NOON)) == expected


def test_a_message_found_at_the_receiver_is_adopted() -> None:
    found_message = FoundMessage(1, "h")

    assert decide_after_lookup(found_message, FRESH_DOUBT, NOON) == Adopt(
        Reason.FOUND, found_message
    )


def test_absence_proves_nothing_while_the_receiver_may_be_at_work() -> None:
    decision = decide_after_lookup(None, FRESH_DOUBT, NOON)

    assert decision == Defer(Reason.MAY_STILL_LAND, FRESH_DOUBT.settles_at)


def test_a_message_not_found_once_settled_is_sent() -> None:
    assert decide_after_lookup(None, DOUBT, NOON) == SendFirst(Reason.NOT_FOUND)


def test_without_a_lookup_the_message_is_sent_and_marked() -> None:
    assert decide_without_lookup() == SendFirst(Reason.UNREADABLE, possible_repeat=True)


def test_evidence_alone_replaces_no_lost_message() -> None:
    assert decide_after_loss(sent_entry(), alert(revision=2, **MORE)) == PassOver(Reason.LOST)


def test_an_end_replaces_a_lost_message() -> None:
    assert decide_after_loss(sent_entry(), alert(revision=2, **RESOLVED)) == SendFirst(Reason.LOST)
