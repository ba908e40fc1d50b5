"""The pager and the console."""

from collections.abc import Iterator
from io import StringIO

import pytest
from rich.console import Console

from schemas.alert import Level, Status
from services.notifier.adapters.console import ConsoleReceiver, build_panel
from services.notifier.adapters.pagerduty import complete_url
from services.notifier.domain.errors import (
    UnreadableHistory,
)
from services.notifier.domain.ports import Notice
from tests.notifier.alerts import alert
from tests.notifier.receivers import NOTICE, close_receiver, doubt, pager_at
from tests.standins.pagerduty import PagerDutyStandIn


@pytest.fixture
def pager() -> Iterator[PagerDutyStandIn]:
    with PagerDutyStandIn() as standin:
        yield standin


def console() -> Console:
    return Console(file=StringIO(), width=100, force_terminal=False)


def printed(shown: Console) -> str:
    assert isinstance(shown.file, StringIO)
    return shown.file.getvalue()


def test_an_incident_is_triggered_updated_and_resolved(pager: PagerDutyStandIn) -> None:
    receiver = pager_at(pager.url)
    handle = receiver.send(NOTICE)

    receiver.edit(handle, Notice(alert(revision=2, level=Level.CRITICAL)))
    receiver.edit(handle, Notice(alert(revision=3, status=Status.RESOLVED)))
    close_receiver(receiver)

    (incident,) = pager.incidents
    assert (incident.dedup_key, incident.status) == ("a1", "resolved")
    assert [event["event_action"] for event in incident.events] == ["trigger", "trigger", "resolve"]
    assert incident.severity == "critical"


def test_what_is_let_go_is_opened_again(pager: PagerDutyStandIn) -> None:
    receiver = pager_at(pager.url)
    handle = receiver.send(NOTICE)

    receiver.edit(handle, Notice(alert(revision=2), reopens=True))
    close_receiver(receiver)

    assert [incident.status for incident in pager.incidents] == ["resolved", "triggered"]


@pytest.mark.parametrize(
    "given", ["http://p:1", "http://p:1/", "http://p:1/v2", "http://p:1/v2/enqueue"]
)
def test_the_events_address_may_be_given_in_short(given: str) -> None:
    assert complete_url(given) == "http://p:1/v2/enqueue"


def test_the_console_shows_what_slack_would(capsys: pytest.CaptureFixture[str]) -> None:
    terminal = console()

    ConsoleReceiver(terminal).send(Notice(alert(action="Call the embassy."), possible_repeat=True))

    for part in (
        "HIGH",
        "3 proxies endorse the march",
        "country: IQ",
        "reuters B2",
        "Badr backs the march.",
        "3 distinct endorsers in 7 d",
        "Call the embassy.",
        "POSSIBLE REPEAT",
    ):
        assert part in printed(terminal)
    assert capsys.readouterr().out == ""


def test_markup_in_an_alert_is_shown_as_it_is() -> None:
    terminal = console()

    terminal.print(build_panel(Notice(alert(summary="[red]not red[/red]"))))

    assert "[red]not red[/red]" in printed(terminal)


def test_the_console_cannot_be_searched() -> None:
    with pytest.raises(UnreadableHistory):
        ConsoleReceiver(console()).find("a1", doubt(0))
