"""What only apprise does: whatever service, and little said of how it went."""

from collections.abc import Iterator

import pytest

from schemas.ledger import Entry
from services.notifier.adapters.apprise_receiver import AppriseReceiver
from services.notifier.domain.decide import decide
from services.notifier.domain.decisions import PassOver, Reason
from services.notifier.domain.entry import record_sent
from services.notifier.domain.errors import ReceiverDown, UnknownOutcome, UnreadableHistory
from services.notifier.domain.ports import Notice
from services.notifier.domain.stages import DecisionContext
from tests.notifier.alerts import NOON, SECOND, alert
from tests.notifier.receivers import NOTICE, SECRET, apprise_at, doubt
from tests.parts.waiting import until
from tests.standins.inbox import INBOX, InboxStandIn


@pytest.fixture
def inbox() -> Iterator[InboxStandIn]:
    with InboxStandIn() as standin:
        yield standin


def test_a_message_is_the_lines_of_the_alert(inbox: InboxStandIn) -> None:
    apprise_at(inbox.url).send(NOTICE)

    [message] = inbox.messages
    assert message["title"].startswith("🟠 HIGH · NEW · Joint march")
    assert "3 proxies endorse the march" in message["message"]


def test_words_of_reports_call_nobody_and_are_no_markup(inbox: InboxStandIn) -> None:
    apprise_at(inbox.url).send(Notice(alert(summary="@everyone <b>now</b> <@U1>")))

    [message] = inbox.messages
    assert not set("@<>") & set(message["message"])


def test_a_short_form_is_one_line(inbox: InboxStandIn) -> None:
    apprise_at(inbox.url).send(Notice(alert(), short=True))

    [message] = inbox.messages
    assert message["message"] == message["title"]


def test_while_a_message_hangs_no_other_is_begun(inbox: InboxStandIn) -> None:
    receiver = apprise_at(inbox.url)
    receiver._timeout = 0.1  # noqa: SLF001  (the service's own time-out is longer than ours)
    inbox.script_fault("hang", call=INBOX)

    with pytest.raises(UnknownOutcome) as unknown:
        receiver.send(NOTICE)
    with pytest.raises(ReceiverDown, match="still hangs"):
        receiver.send(NOTICE)

    assert not unknown.value.settled
    until(lambda: inbox.calls, "the message arrives", 5)
    assert len(inbox.calls) == 1


def test_newer_evidence_alone_is_no_new_message() -> None:
    shown = record_sent(Entry(), alert(), "a1", NOON)
    traits = apprise_at("http://127.0.0.1:9").traits

    decision = decide(DecisionContext(shown, alert(revision=2), traits, NOON + 60 * SECOND))

    assert decision == PassOver(Reason.EVIDENCE_ONLY)


@pytest.mark.parametrize("address", ["", "nonsense://x", f"no-such://{SECRET}"])
def test_an_address_that_apprise_does_not_know_is_none(address: str) -> None:
    with pytest.raises(ValueError, match="is none that apprise knows") as error:
        AppriseReceiver(address, "apprise", 1)

    assert SECRET not in str(error.value)


def test_apprise_cannot_be_searched() -> None:
    with pytest.raises(UnreadableHistory):
        apprise_at("http://127.0.0.1:9").find("a1", doubt(0))
