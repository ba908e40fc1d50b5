"""What only Opsgenie does: one alert by its alias."""

from collections.abc import Iterator

import pytest
from pydantic import SecretStr

from schemas.alert import Level, Status
from schemas.ledger import Entry
from services.notifier.adapters.opsgenie import OpsgenieReceiver
from services.notifier.domain.entry import record_sent
from services.notifier.domain.errors import ReceiverDown, UnreadableHistory
from services.notifier.domain.ports import Notice
from tests.notifier.alerts import NOON, alert
from tests.notifier.receivers import NOTICE, SECRET, close_receiver, doubt, opsgenie_at
from tests.standins.opsgenie import OpsgenieStandIn

SHOWN = record_sent(Entry(), alert(), "a1", NOON)


@pytest.fixture
def genie() -> Iterator[OpsgenieStandIn]:
    with OpsgenieStandIn(SECRET) as standin:
        yield standin


@pytest.fixture
def receiver(genie: OpsgenieStandIn) -> Iterator[OpsgenieReceiver]:
    opened = opsgenie_at(genie.url)
    yield opened
    close_receiver(opened)


def test_an_alert_is_opened_acknowledged_and_closed(
    genie: OpsgenieStandIn, receiver: OpsgenieReceiver
) -> None:
    handle = receiver.send(NOTICE)
    receiver.edit(handle, Notice(alert(revision=2), before=SHOWN, in_hand="alice until 16:00Z"))
    acknowledged = genie.alerts[0].status
    receiver.edit(handle, Notice(alert(revision=3, status=Status.RESOLVED), before=SHOWN))

    [opened] = genie.alerts
    assert (handle, opened.alias, opened.priority) == ("a1", "a1", "P2")
    assert (acknowledged, opened.status) == ("acknowledged", "closed")
    assert "3 proxies endorse the march" in opened.requests[0]["description"]
    assert opened.requests[1]["note"] == "alice until 16:00Z"


def test_a_repeat_opens_nothing_more(genie: OpsgenieStandIn, receiver: OpsgenieReceiver) -> None:
    receiver.send(NOTICE)
    receiver.send(Notice(alert(revision=2, level=Level.CRITICAL)))

    assert len(genie.alerts) == 1


def test_one_that_rose_is_in_nobodys_hands_at_its_new_priority(
    genie: OpsgenieStandIn, receiver: OpsgenieReceiver
) -> None:
    receiver.send(NOTICE)
    receiver.edit("a1", Notice(alert(), before=SHOWN, in_hand="alice until 16:00Z"))
    risen = alert(revision=2, level=Level.CRITICAL)
    receiver.edit("a1", Notice(risen, before=SHOWN, reopens=True))

    [opened] = genie.alerts
    assert (opened.status, opened.priority) == ("open", "P1")
    assert "UP from high" in opened.requests[-2]["note"]


def test_what_somebody_closed_there_is_opened_again(
    genie: OpsgenieStandIn, receiver: OpsgenieReceiver
) -> None:
    receiver.send(NOTICE)
    genie.close_alert("a1")
    receiver.edit("a1", Notice(alert(), before=SHOWN, reopens=True))

    assert [each.status for each in genie.alerts] == ["closed", "open"]


def test_an_alias_of_any_letters_is_found_again(
    genie: OpsgenieStandIn, receiver: OpsgenieReceiver
) -> None:
    receiver.send(Notice(alert("a/1 ü?")))
    receiver.send(Notice(alert("a/1 ü?", 2, status=Status.RESOLVED), before=SHOWN))

    assert [each.status for each in genie.alerts] == ["closed"]


def test_another_key_opens_nothing(genie: OpsgenieStandIn) -> None:
    stranger = OpsgenieReceiver(SecretStr("another"), genie.url, timeout=1)

    with pytest.raises(ReceiverDown, match="401"):
        stranger.send(NOTICE)
    close_receiver(stranger)


def test_opsgenie_cannot_be_searched(receiver: OpsgenieReceiver) -> None:
    with pytest.raises(UnreadableHistory):
        receiver.find("a1", doubt(0))
