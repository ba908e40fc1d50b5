"""What every receiver promises, on stand-ins that answer over HTTP; then each one's own."""

import logging
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from schemas.alert import Level, Status
from services.notifier.adapters.console import ConsoleReceiver, panel
from services.notifier.adapters.pagerduty import PagerDutyReceiver, enqueue_url
from services.notifier.adapters.slack import SlackReceiver
from services.notifier.domain.decide import Sighting
from services.notifier.domain.entry import Sending
from services.notifier.domain.errors import (
    HandleLost,
    PermanentRefusal,
    RetryableError,
    UnknownOutcome,
    Unreadable,
)
from services.notifier.domain.ports import Notice, Receiver
from tests.notifier.alerts import alert, evidence
from tests.parts.child import free_port
from tests.standins.pagerduty import PagerDutyStandIn
from tests.standins.server import StandIn
from tests.standins.slack import SlackStandIn, channel_id

SECRET = "xoxb-very-secret"  # noqa: S105  (a secret only by its name)
POST = {"slack": "chat.postMessage", "pagerduty": "v2/enqueue"}
NOTICE = Notice(alert())


@dataclass
class Bench:
    """A receiver, and the stand-in that it talks to."""

    name: str
    standin: StandIn
    make: Callable[[str], Receiver]
    receiver: Receiver

    def wrong(self, kind: str, **details: Any) -> None:
        self.standin.wrong(kind, call=POST[self.name], **details)

    def taken(self) -> int:
        """How many messages or incidents stand there."""
        if isinstance(self.standin, SlackStandIn):
            return len(self.standin.messages)
        assert isinstance(self.standin, PagerDutyStandIn)
        return len(self.standin.incidents)


def slack_at(url: str, channel: str = "#alerts") -> SlackReceiver:
    return SlackReceiver(SECRET, channel, f"{url}/api/", timeout=1)


def pager_at(url: str) -> PagerDutyReceiver:
    return PagerDutyReceiver(SECRET, url, timeout=1)


def let_go(receiver: Receiver) -> None:
    if isinstance(receiver, PagerDutyReceiver):
        receiver.close()


@pytest.fixture
def slack() -> Iterator[SlackStandIn]:
    with SlackStandIn() as standin:
        yield standin


@pytest.fixture
def pager() -> Iterator[PagerDutyStandIn]:
    with PagerDutyStandIn() as standin:
        yield standin


@pytest.fixture(params=["slack", "pagerduty"])
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    made: tuple[StandIn, Callable[[str], Receiver]] = (
        (SlackStandIn(), slack_at) if request.param == "slack" else (PagerDutyStandIn(), pager_at)
    )
    with made[0] as standin:
        receiver = made[1](standin.url)
        yield Bench(request.param, standin, made[1], receiver)
        let_go(receiver)


def doubt(at: float) -> Sending:
    """A send that began at that time."""
    return Sending.model_validate({"revision": 1, "since": at, "settles_at": at + 30})


def test_a_notice_arrives_once(bench: Bench) -> None:
    bench.receiver.send(NOTICE)

    assert bench.taken() == 1


def test_a_rate_limit_says_when_to_come_back(bench: Bench) -> None:
    bench.wrong("status", status=429, retry_after=17)

    with pytest.raises(RetryableError) as error:
        bench.receiver.send(NOTICE)

    assert error.value.retry_after == timedelta(seconds=17)
    assert bench.taken() == 0


def test_a_rate_limit_may_leave_the_time_to_us(bench: Bench) -> None:
    bench.wrong("status", status=429)

    with pytest.raises(RetryableError) as error:
        bench.receiver.send(NOTICE)

    assert error.value.retry_after is None


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_server_error_leaves_the_outcome_open_but_settled(bench: Bench, status: int) -> None:
    bench.wrong("status", status=status)

    with pytest.raises(UnknownOutcome) as error:
        bench.receiver.send(NOTICE)

    assert error.value.settled


@pytest.mark.parametrize("status", [408, 504])
def test_a_gateways_time_out_settles_nothing(bench: Bench, status: int) -> None:
    bench.wrong("status", status=status)

    with pytest.raises(UnknownOutcome) as error:
        bench.receiver.send(NOTICE)

    assert not error.value.settled


@pytest.mark.parametrize("stored", [True, False], ids=["stored", "lost"])
@pytest.mark.parametrize("kind", ["hang", "drop"])
def test_no_answer_settles_nothing_and_is_not_tried_twice(
    bench: Bench, kind: str, stored: bool
) -> None:
    bench.wrong(kind, stored=stored)

    with pytest.raises(UnknownOutcome) as error:
        bench.receiver.send(NOTICE)

    assert not error.value.settled
    assert bench.taken() == int(stored)
    assert len(bench.standin.called(POST[bench.name])) == 1


def test_a_refused_connection_sent_nothing(bench: Bench) -> None:
    nobody = bench.make(f"http://127.0.0.1:{free_port()}")

    with pytest.raises(RetryableError):
        nobody.send(NOTICE)
    let_go(nobody)


@pytest.mark.parametrize("status", [400, 403, 404])
def test_another_refusal_is_final(bench: Bench, status: int) -> None:
    bench.wrong("status", status=status)

    with pytest.raises(PermanentRefusal):
        bench.receiver.send(NOTICE)


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "status", "status": 400, "error": SECRET},
        {"kind": "status", "status": 429, "error": SECRET},
        {"kind": "status", "status": 500, "error": SECRET},
        {"kind": "drop"},
        {"kind": "hang"},
    ],
    ids=["400", "429", "500", "drop", "hang"],
)
def test_no_secret_leaks_into_errors_or_logs(
    bench: Bench, fault: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    bench.wrong(**fault)

    with pytest.raises(Exception, match=r".") as error:
        bench.receiver.send(NOTICE)

    told = "".join(traceback.format_exception(error.value))
    assert SECRET not in f"{error.value!r} {told} {caplog.text}"


def test_the_largest_alert_is_taken(bench: Bench) -> None:
    huge = "<&> é" * 3000
    many = tuple(evidence(number, title=huge, excerpt=huge) for number in range(20))
    largest = alert(
        summary=huge, action=huge, explain=huge, group={"a": huge[:1000]}, evidence=many
    )

    bench.receiver.send(Notice(largest))

    assert bench.taken() == 1


def test_the_smallest_alert_is_taken(bench: Bench) -> None:
    bench.receiver.send(Notice(alert(summary="", explain="", group={}, evidence=())))

    assert bench.taken() == 1


def test_an_edit_shows_the_newer_revision_in_place(slack: SlackStandIn) -> None:
    receiver = slack_at(slack.url)
    handle = receiver.send(NOTICE)

    receiver.edit(handle, Notice(alert(revision=2, status=Status.RESOLVED)))

    assert len(slack.messages) == 1
    assert "✅ RESOLVED" in slack.messages[0].words
    assert (slack.messages[0].shown.metadata or {})["event_payload"]["revision"] == 2


@pytest.mark.parametrize("error", ["message_not_found", "edit_window_closed"])
def test_a_message_that_cannot_be_edited_is_lost(slack: SlackStandIn, error: str) -> None:
    receiver = slack_at(slack.url)
    handle = receiver.send(NOTICE)
    slack.wrong("error", call="chat.update", error=error)

    with pytest.raises(HandleLost):
        receiver.edit(handle, NOTICE)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ("channel_not_found", PermanentRefusal),
        ("invalid_auth", PermanentRefusal),
        ("is_archived", PermanentRefusal),
        ("ratelimited", RetryableError),
        ("internal_error", UnknownOutcome),
        ("fatal_error", UnknownOutcome),
    ],
)
def test_slacks_own_errors_say_what_to_do(
    slack: SlackStandIn, error: str, kind: type[Exception]
) -> None:
    slack.wrong("error", call="chat.postMessage", error=error)

    with pytest.raises(kind, match="rate limited" if error == "ratelimited" else error):
        slack_at(slack.url).send(NOTICE)


def test_a_message_is_found_by_the_alert_id_among_others(slack: SlackStandIn) -> None:
    receiver = slack_at(slack.url)
    for number in range(250):
        if number == 30:
            handle = receiver.send(NOTICE)
        receiver.send(Notice(alert(f"other-{number}")))

    sighting = receiver.find("a1", doubt(slack.messages[0].at))

    assert sighting == Sighting(1, handle)
    assert len(slack.called("conversations.history")) == 2


def test_a_new_process_finds_the_channels_id_by_its_name(slack: SlackStandIn) -> None:
    handle = slack_at(slack.url).send(NOTICE)

    sighting = slack_at(slack.url).find("a1", doubt(slack.messages[0].at))

    assert sighting == Sighting(1, handle)


def test_a_channel_given_by_id_is_not_looked_up(slack: SlackStandIn) -> None:
    slack_at(slack.url).send(NOTICE)

    found = slack_at(slack.url, channel_id("alerts")).find("a1", doubt(slack.messages[0].at))

    assert found is not None
    assert slack.called("conversations.list") == []


def test_a_message_of_another_time_is_not_taken_for_ours(slack: SlackStandIn) -> None:
    receiver = slack_at(slack.url)
    receiver.send(NOTICE)

    assert receiver.find("a1", doubt(slack.messages[0].at - 3600)) is None
    assert receiver.find("a1", doubt(slack.messages[0].at + 3600)) is None


def test_history_without_the_scope_is_unreadable() -> None:
    with SlackStandIn(scopes=frozenset({"chat:write"})) as slack:
        receiver = slack_at(slack.url)
        receiver.send(NOTICE)

        with pytest.raises(Unreadable, match="missing_scope: the token needs channels:history"):
            receiver.find("a1", doubt(slack.messages[0].at))


def test_a_name_that_cannot_be_looked_up_is_unreadable() -> None:
    with SlackStandIn(scopes=frozenset({"chat:write", "channels:history"})) as slack:
        slack_at(slack.url).send(NOTICE)

        with pytest.raises(Unreadable, match="channel_not_found"):
            slack_at(slack.url).find("a1", doubt(slack.messages[0].at))


@pytest.mark.parametrize("fault", [{"status": 429, "retry_after": 9}, {"status": 503}], ids=str)
def test_a_history_out_of_order_can_be_asked_again(
    slack: SlackStandIn, fault: dict[str, Any]
) -> None:
    receiver = slack_at(slack.url)
    receiver.send(NOTICE)
    slack.wrong("status", call="conversations.history", **fault)

    with pytest.raises(RetryableError):
        receiver.find("a1", doubt(slack.messages[0].at))


def test_an_incident_is_triggered_updated_and_resolved(pager: PagerDutyStandIn) -> None:
    receiver = pager_at(pager.url)
    handle = receiver.send(NOTICE)

    receiver.edit(handle, Notice(alert(revision=2, level=Level.CRITICAL)))
    receiver.edit(handle, Notice(alert(revision=3, status=Status.RESOLVED)))
    let_go(receiver)

    (incident,) = pager.incidents
    assert (incident.dedup_key, incident.status) == ("a1", "resolved")
    assert [one["event_action"] for one in incident.events] == ["trigger", "trigger", "resolve"]
    assert incident.severity == "critical"


@pytest.mark.parametrize(
    "given", ["http://p:1", "http://p:1/", "http://p:1/v2", "http://p:1/v2/enqueue"]
)
def test_the_events_address_may_be_given_in_short(given: str) -> None:
    assert enqueue_url(given) == "http://p:1/v2/enqueue"


def console() -> Console:
    return Console(file=StringIO(), width=100, force_terminal=False)


def printed(shown: Console) -> str:
    assert isinstance(shown.file, StringIO)
    return shown.file.getvalue()


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
        "possible repeat",
    ):
        assert part in printed(terminal)
    assert capsys.readouterr().out == ""


def test_markup_in_an_alert_is_shown_as_it_is() -> None:
    terminal = console()

    terminal.print(panel(alert(summary="[red]not red[/red]")))

    assert "[red]not red[/red]" in printed(terminal)


def test_the_console_cannot_be_searched() -> None:
    with pytest.raises(Unreadable):
        ConsoleReceiver(console()).find("a1", doubt(0))
