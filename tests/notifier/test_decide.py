"""What to do with a revision at a receiver, as a table."""

from dataclasses import replace

import pytest

from schemas.alert import Level
from schemas.ledger import Entry
from services.notifier.domain.decide import (
    decide,
)
from services.notifier.domain.decisions import (
    Defer,
    Edit,
    PassOver,
    Reason,
    RouteAdmission,
    SendFirst,
    Skip,
)
from services.notifier.domain.stages import EVIDENCE_INTERVAL, DecisionContext
from services.notifier.domain.traits import BackfillPolicy, ReceiverTraits
from tests.notifier.alerts import NOON, SECOND, alert
from tests.notifier.decisions import (
    MEDIUM,
    MORE,
    PAGER,
    RESOLVED,
    SLACK,
    WITHDRAWN,
    Case,
    closed_entry,
    just_sent,
    sent_entry,
)

WATCH = ReceiverTraits("slack", history=BackfillPolicy.LEFT_OUT)
DIGEST = ReceiverTraits("slack-digest", history=BackfillPolicy.ALONE)
IN_TEN = NOON - 3 * SECOND + EVIDENCE_INTERVAL

CASES: dict[str, Case] = {
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
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_each_revision_is_sent_edited_deferred_or_skipped(case: Case) -> None:
    entry, revision, traits, expected = case

    assert decide(DecisionContext(entry, revision, traits, NOON)) == expected


def test_a_route_that_asks_for_suspicions_pages_them() -> None:
    admission = RouteAdmission(takes_suspected=True)
    context = DecisionContext(Entry(), alert(suspected=True), PAGER, NOON, admission)

    assert decide(context) == SendFirst(Reason.FIRST)
