"""What to do with a revision at a receiver: the table."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from schemas.alert import Alert, Level, Status
from schemas.ledger import Entry, Sending
from services.notifier.domain.decide import (
    EVIDENCE_INTERVAL,
    Adopt,
    BackfillPolicy,
    Decision,
    Defer,
    Edit,
    FoundMessage,
    LookUp,
    PassOver,
    Reason,
    ReceiverTraits,
    SendFirst,
    Skip,
    decide,
    decide_after_lookup,
    decide_after_loss,
    decide_without_lookup,
)
from services.notifier.domain.entry import notified_content
from tests.notifier.alerts import NOON, SECOND, alert, evidence

SLACK = ReceiverTraits("slack")
WATCH = ReceiverTraits("slack", history=BackfillPolicy.LEFT_OUT)
DIGEST = ReceiverTraits("slack-digest", history=BackfillPolicy.ALONE)
PAGER = ReceiverTraits("pagerduty", least=Level.HIGH, pages=True, replays=False, idempotent=True)
DOUBT = Sending(revision=1, since=NOON - 40 * SECOND, settles_at=NOON - 10 * SECOND)
FRESH_DOUBT = Sending(revision=1, since=NOON - SECOND, settles_at=NOON + 29 * SECOND)
END = DOUBT.model_copy(update={"ended": True})
FRESH_END = FRESH_DOUBT.model_copy(update={"ended": True})
ASSUMED = DOUBT.model_copy(update={"assumed": True})
LONG_AGO = NOON - timedelta(minutes=1)


def shown(revision: int = 1, **changes: Any) -> Entry:
    """The log after `revision` was sent a minute ago."""
    told = alert(revision=revision, **changes)
    return Entry(
        revision=revision,
        status=told.status,
        notified_content=notified_content(told),
        handle="h",
        sent_at=LONG_AGO,
    )


def just_shown() -> Entry:
    return shown().model_copy(update={"sent_at": NOON - 3 * SECOND})


def closed(revision: int = 2) -> Entry:
    return shown(revision, status=Status.RESOLVED)


RESOLVED: dict[str, Any] = {"status": Status.RESOLVED}
WITHDRAWN: dict[str, Any] = {"status": Status.WITHDRAWN}
MEDIUM: dict[str, Any] = {"level": Level.MEDIUM}
MORE: dict[str, Any] = {
    "evidence": (evidence(1), evidence(2)),
    "evidence_count": 2,
    "summary": "4 proxies",
}
IN_TEN = NOON - 3 * SECOND + EVIDENCE_INTERVAL

CASES: dict[str, tuple[Entry, Alert, ReceiverTraits, Decision]] = {
    "the first revision is sent": (Entry(), alert(), SLACK, SendFirst(Reason.FIRST)),
    "a resolved alert never sent still goes out": (
        Entry(),
        alert(revision=2, **RESOLVED),
        SLACK,
        SendFirst(Reason.FIRST),
    ),
    "a withdrawn alert never sent still goes out": (
        Entry(),
        alert(revision=2, **WITHDRAWN),
        SLACK,
        SendFirst(Reason.FIRST),
    ),
    "the same revision again is skipped": (shown(), alert(), SLACK, Skip(Reason.SAME)),
    "the same revision with other words is skipped": (
        shown(),
        alert(summary="other"),
        SLACK,
        Skip(Reason.SAME),
    ),
    "a lower revision is never sent": (shown(3), alert(revision=2), SLACK, Skip(Reason.OLDER)),
    "a lower revision is never sent even when it ends the alert": (
        shown(3),
        alert(revision=2, **RESOLVED),
        SLACK,
        Skip(Reason.OLDER),
    ),
    "an end is told at once": (
        just_shown(),
        alert(revision=2, **RESOLVED),
        SLACK,
        Edit(Reason.NEWER),
    ),
    "a raised level is told at once": (
        just_shown(),
        alert(revision=2, level=Level.CRITICAL),
        SLACK,
        Edit(Reason.NEWER),
    ),
    "corroboration is told at once": (
        just_shown(),
        alert(revision=2, uncorroborated=True),
        SLACK,
        Edit(Reason.NEWER),
    ),
    "more evidence waits for ten seconds": (
        just_shown(),
        alert(revision=2, **MORE),
        SLACK,
        Defer(Reason.TOO_SOON, IN_TEN),
    ),
    "more evidence goes out when ten seconds have passed": (
        shown(),
        alert(revision=2, **MORE),
        SLACK,
        Edit(Reason.NEWER),
    ),
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
        shown().model_copy(update={"sending": FRESH_DOUBT}),
        alert(revision=2, **RESOLVED),
        SLACK,
        Edit(Reason.NEWER),
    ),
    "a drill goes to Slack": (Entry(), alert(exercise=True), SLACK, SendFirst(Reason.FIRST)),
    "a replay goes to Slack": (
        Entry(),
        alert(),
        replace(SLACK, recorded=True),
        SendFirst(Reason.FIRST),
    ),
    "a low level goes to Slack": (
        Entry(),
        alert(level=Level.INFORMATIONAL),
        SLACK,
        SendFirst(Reason.FIRST),
    ),
    "a high alert pages": (Entry(), alert(), PAGER, SendFirst(Reason.FIRST)),
    "a critical alert pages": (
        Entry(),
        alert(level=Level.CRITICAL),
        PAGER,
        SendFirst(Reason.FIRST),
    ),
    "a medium alert pages nobody": (Entry(), alert(**MEDIUM), PAGER, PassOver(Reason.LOW_LEVEL)),
    "a drill pages nobody": (Entry(), alert(exercise=True), PAGER, PassOver(Reason.EXERCISE)),
    "a backfill pages nobody": (Entry(), alert(backfill=True), PAGER, PassOver(Reason.BACKFILL)),
    "history goes to the digest instead": (
        Entry(),
        alert(backfill=True),
        WATCH,
        PassOver(Reason.DIGESTED),
    ),
    "history comes to the digest": (
        Entry(),
        alert(backfill=True),
        DIGEST,
        SendFirst(Reason.FIRST),
    ),
    "what is live does not": (Entry(), alert(revision=2), DIGEST, PassOver(Reason.LIVE)),
    "history that became live is told to the watch as new": (
        Entry(revision=1),
        alert(revision=2),
        WATCH,
        SendFirst(Reason.FIRST),
    ),
    "and its message in the digest goes on": (
        shown(1),
        alert(revision=2, **RESOLVED),
        DIGEST,
        Edit(Reason.NEWER),
    ),
    "a replay pages nobody": (
        Entry(),
        alert(),
        replace(PAGER, recorded=True),
        PassOver(Reason.RECORDED_CLOCK),
    ),
    "an alert raised to high pages then": (
        Entry(revision=1),
        alert(revision=2),
        PAGER,
        SendFirst(Reason.FIRST),
    ),
    "an end never paged about is paged and ended": (
        Entry(),
        alert(revision=2, **RESOLVED),
        PAGER,
        SendFirst(Reason.FIRST),
    ),
    "what was opened for an ended alert is closed with the same revision": (
        shown(2),
        alert(revision=2, **RESOLVED),
        PAGER,
        Edit(Reason.CLOSES),
    ),
    "what was opened for a withdrawn alert is closed too": (
        shown(2),
        alert(revision=2, **WITHDRAWN),
        PAGER,
        Edit(Reason.CLOSES),
    ),
    "what is closed stays closed": (
        closed(),
        alert(revision=2, **RESOLVED),
        PAGER,
        Skip(Reason.SAME),
    ),
    "an end is told to the pager even at a low level": (
        shown(),
        alert(revision=2, **RESOLVED, **MEDIUM),
        PAGER,
        Edit(Reason.NEWER),
    ),
    "more evidence is none of the pager's business": (
        shown(),
        alert(revision=2, **MORE),
        PAGER,
        PassOver(Reason.EVIDENCE_ONLY),
    ),
    "a raised level is the pager's business": (
        shown(),
        alert(revision=2, level=Level.CRITICAL),
        PAGER,
        Edit(Reason.NEWER),
    ),
    "an alert that fires again pages again": (
        closed(),
        alert(revision=3),
        PAGER,
        Edit(Reason.NEWER),
    ),
    "an alert that fires again at a low level pages nobody": (
        closed(),
        alert(revision=3, **MEDIUM),
        PAGER,
        PassOver(Reason.LOW_LEVEL),
    ),
    "a page in doubt is sent again": (
        Entry(sending=DOUBT),
        alert(),
        PAGER,
        SendFirst(Reason.HARMLESS),
    ),
    "an end waits for a page that may still land": (
        shown().model_copy(update={"unanswered": FRESH_DOUBT}),
        alert(revision=2, **RESOLVED),
        PAGER,
        Defer(Reason.MAY_STILL_LAND, FRESH_DOUBT.settles_at),
    ),
    "what was opened for an ended alert is not closed before either": (
        shown(2).model_copy(update={"unanswered": FRESH_DOUBT}),
        alert(revision=2, **RESOLVED),
        PAGER,
        Defer(Reason.MAY_STILL_LAND, FRESH_DOUBT.settles_at),
    ),
    "an end waits no longer once a page in doubt has landed": (
        shown().model_copy(update={"unanswered": DOUBT}),
        alert(revision=2, **RESOLVED),
        PAGER,
        Edit(Reason.NEWER),
    ),
    "an end in doubt is told again at once": (
        shown().model_copy(update={"sending": FRESH_END}),
        alert(revision=2, **RESOLVED),
        PAGER,
        Edit(Reason.NEWER),
    ),
    "an alert that fires again is told after an end in doubt": (
        shown().model_copy(update={"sending": END}),
        alert(revision=3),
        PAGER,
        Edit(Reason.NEWER),
    ),
    "a higher level waits for no page in doubt": (
        shown().model_copy(update={"sending": FRESH_DOUBT}),
        alert(revision=2, level=Level.CRITICAL),
        PAGER,
        Edit(Reason.NEWER),
    ),
    "after the log was lost a message is looked for": (
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
    "after the log was lost nobody is paged for what is over": (
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
def test_decision(case: tuple[Entry, Alert, ReceiverTraits, Decision]) -> None:
    entry, told, traits, expected = case

    assert decide(entry, told, traits, NOON) == expected


def test_a_message_that_was_found_is_adopted() -> None:
    found_message = FoundMessage(1, "h")

    assert decide_after_lookup(found_message, FRESH_DOUBT, NOON) == Adopt(
        Reason.FOUND, found_message
    )


def test_absence_proves_nothing_while_the_receiver_may_be_at_work() -> None:
    decision = decide_after_lookup(None, FRESH_DOUBT, NOON)

    assert decision == Defer(Reason.MAY_STILL_LAND, FRESH_DOUBT.settles_at)


def test_what_is_not_there_once_settled_is_sent() -> None:
    assert decide_after_lookup(None, DOUBT, NOON) == SendFirst(Reason.NOT_FOUND)


def test_what_cannot_be_looked_up_is_sent_and_marked() -> None:
    assert decide_without_lookup() == SendFirst(Reason.UNREADABLE, possible_repeat=True)


def test_mere_evidence_is_not_worth_a_new_message() -> None:
    assert decide_after_loss(shown(), alert(revision=2, **MORE)) == PassOver(Reason.LOST)


def test_an_end_is_worth_a_new_message() -> None:
    assert decide_after_loss(shown(), alert(revision=2, **RESOLVED)) == SendFirst(Reason.LOST)
