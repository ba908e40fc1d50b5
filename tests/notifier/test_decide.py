"""What to do with a revision at a receiver, as a table."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from schemas.alert import Alert, Level, Status
from schemas.ledger import Entry, Sending
from services.notifier.domain.decide import (
    decide,
    decide_after_lookup,
    decide_after_loss,
    decide_without_lookup,
)
from services.notifier.domain.decisions import (
    Adopt,
    Decision,
    Defer,
    Edit,
    FoundMessage,
    LookUp,
    PassOver,
    Reason,
    RouteAdmission,
    SendFirst,
    Skip,
)
from services.notifier.domain.entry import notified_content
from services.notifier.domain.stages import EVIDENCE_INTERVAL, DecisionContext
from services.notifier.domain.traits import BackfillPolicy, ReceiverTraits
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


def sent_entry(revision: int = 1, **changes: Any) -> Entry:
    """The log after `revision` was sent a minute ago."""
    sent = alert(revision=revision, **changes)
    return Entry(
        revision=revision,
        status=sent.status,
        notified_content=notified_content(sent),
        handle="h",
        sent_at=LONG_AGO,
    )


def just_sent() -> Entry:
    return sent_entry().model_copy(update={"sent_at": NOON - 3 * SECOND})


def closed_entry(revision: int = 2) -> Entry:
    return sent_entry(revision, status=Status.RESOLVED)


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
    "the same revision again is skipped": (sent_entry(), alert(), SLACK, Skip(Reason.SAME)),
    "the same revision with other words is skipped": (
        sent_entry(),
        alert(summary="other"),
        SLACK,
        Skip(Reason.SAME),
    ),
    "a lower revision is never sent": (sent_entry(3), alert(revision=2), SLACK, Skip(Reason.OLDER)),
    "a lower revision is never sent even when it ends the alert": (
        sent_entry(3),
        alert(revision=2, **RESOLVED),
        SLACK,
        Skip(Reason.OLDER),
    ),
    "an end is sent at once": (
        just_sent(),
        alert(revision=2, **RESOLVED),
        SLACK,
        Edit(Reason.NEWER),
    ),
    "a raised level is sent at once": (
        just_sent(),
        alert(revision=2, level=Level.CRITICAL),
        SLACK,
        Edit(Reason.NEWER),
    ),
    "corroboration is sent at once": (
        just_sent(),
        alert(revision=2, uncorroborated=True),
        SLACK,
        Edit(Reason.NEWER),
    ),
    "more evidence waits for ten seconds": (
        just_sent(),
        alert(revision=2, **MORE),
        SLACK,
        Defer(Reason.TOO_SOON, IN_TEN),
    ),
    "more evidence goes out when ten seconds have passed": (
        sent_entry(),
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
        sent_entry().model_copy(update={"sending": FRESH_DOUBT}),
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
    "what is only suspected pages nobody": (
        Entry(),
        alert(suspected=True),
        PAGER,
        PassOver(Reason.SUSPECTED),
    ),
    "what is only suspected goes to a channel": (
        Entry(),
        alert(suspected=True),
        SLACK,
        SendFirst(Reason.FIRST),
    ),
    "what words confirm pages": (
        Entry(revision=1),
        alert(revision=2),
        PAGER,
        SendFirst(Reason.FIRST),
    ),
    "what words confirm changes the message": (
        sent_entry(suspected=True),
        alert(revision=2),
        SLACK,
        Edit(Reason.NEWER),
    ),
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
    "live alerts do not": (Entry(), alert(revision=2), DIGEST, PassOver(Reason.LIVE)),
    "history that turns live is sent to the watch as new": (
        Entry(revision=1),
        alert(revision=2),
        WATCH,
        SendFirst(Reason.FIRST),
    ),
    "and its message in the digest is edited": (
        sent_entry(1),
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
    "a page opened for an ended alert is closed with the same revision": (
        sent_entry(2),
        alert(revision=2, **RESOLVED),
        PAGER,
        Edit(Reason.CLOSES),
    ),
    "a page opened for a withdrawn alert is closed too": (
        sent_entry(2),
        alert(revision=2, **WITHDRAWN),
        PAGER,
        Edit(Reason.CLOSES),
    ),
    "a closed page stays closed": (
        closed_entry(),
        alert(revision=2, **RESOLVED),
        PAGER,
        Skip(Reason.SAME),
    ),
    "an end is sent to the pager even at a low level": (
        sent_entry(),
        alert(revision=2, **RESOLVED, **MEDIUM),
        PAGER,
        Edit(Reason.NEWER),
    ),
    "more evidence does not go to the pager": (
        sent_entry(),
        alert(revision=2, **MORE),
        PAGER,
        PassOver(Reason.EVIDENCE_ONLY),
    ),
    "a raised level goes to the pager": (
        sent_entry(),
        alert(revision=2, level=Level.CRITICAL),
        PAGER,
        Edit(Reason.NEWER),
    ),
    "an alert that fires again pages again": (
        closed_entry(),
        alert(revision=3),
        PAGER,
        Edit(Reason.NEWER),
    ),
    "an alert that fires again at a low level pages nobody": (
        closed_entry(),
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
def test_decision(case: tuple[Entry, Alert, ReceiverTraits, Decision]) -> None:
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


def test_a_route_that_asks_for_suspicions_pages_them() -> None:
    admission = RouteAdmission(takes_suspected=True)
    context = DecisionContext(Entry(), alert(suspected=True), PAGER, NOON, admission)

    assert decide(context) == SendFirst(Reason.FIRST)
