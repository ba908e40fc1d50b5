"""What every receiver promises, on stand-ins that answer over HTTP."""

import logging
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from services.notifier.domain.errors import (
    PermanentRefusal,
    RateLimited,
    ReceiverDown,
    RetryableError,
    UnknownOutcome,
)
from services.notifier.domain.ports import Notice, Receiver
from tests.notifier.alerts import alert, evidence
from tests.notifier.receivers import (
    HASTY,
    NOTICE,
    SECRET,
    apprise_at,
    close_receiver,
    opsgenie_at,
    pager_at,
    slack_at,
    webhook_at,
)
from tests.parts.child import free_port
from tests.parts.waiting import until
from tests.standins.inbox import INBOX, InboxStandIn
from tests.standins.opsgenie import ALERTS, OpsgenieStandIn
from tests.standins.pagerduty import PagerDutyStandIn
from tests.standins.server import StandIn
from tests.standins.slack import SlackStandIn
from tests.standins.webhook import HOOK, WebhookStandIn

POST = {
    "slack": "chat.postMessage",
    "pagerduty": "v2/enqueue",
    "opsgenie": ALERTS,
    "webhook": HOOK,
    "apprise": INBOX,
}
TELLS_NO_MORE = frozenset({"apprise"})
"""Shows the status of an answer alone: neither its headers, its body nor why there is none."""


@dataclass
class ReceiverBench:
    """A receiver, and the stand-in that it talks to."""

    name: str
    standin: StandIn
    make: Callable[..., Receiver]
    receiver: Receiver
    hasty: Receiver
    """The same, which soon gives up."""

    def script_fault(self, kind: str, **details: Any) -> None:
        self.standin.script_fault(kind, call=POST[self.name], **details)

    def count_shown(self) -> int:
        """The number of messages or incidents."""
        if isinstance(self.standin, SlackStandIn | WebhookStandIn | InboxStandIn):
            return len(self.standin.messages)
        if isinstance(self.standin, OpsgenieStandIn):
            return len(self.standin.alerts)
        assert isinstance(self.standin, PagerDutyStandIn)
        return len(self.standin.incidents)


@pytest.fixture(params=POST)
def bench(request: pytest.FixtureRequest) -> Iterator[ReceiverBench]:
    kinds: dict[str, tuple[Callable[[], StandIn], Callable[..., Receiver]]] = {
        "slack": (SlackStandIn, slack_at),
        "pagerduty": (PagerDutyStandIn, pager_at),
        "opsgenie": (partial(OpsgenieStandIn, SECRET), opsgenie_at),
        "webhook": (partial(WebhookStandIn, SECRET), webhook_at),
        "apprise": (InboxStandIn, apprise_at),
    }
    make_standin, make = kinds[request.param]
    with make_standin() as standin:
        receiver, hasty = make(standin.url), make(standin.url, HASTY)
        yield ReceiverBench(request.param, standin, make, receiver, hasty)
        close_receiver(receiver)
        close_receiver(hasty)


def test_a_notice_arrives_once(bench: ReceiverBench) -> None:
    bench.receiver.send(NOTICE)

    assert bench.count_shown() == 1


@pytest.mark.parametrize(
    ("given", "seconds"),
    [
        (17, 17),
        ("2.5", 3),
        ("0", 0),
        ("-3", 0),
        ("1" + "0" * 400, 86_400),
        ("Sun, 22 Nov 2099 12:00:00 GMT", 86_400),
        ("Sun, 22 Nov 2015 12:00:00 GMT", 0),
        (None, None),
        ("soon", None),
        ("nan", None),
    ],
)
def test_a_rate_limit_carries_its_retry_after(
    bench: ReceiverBench, given: float | str | None, seconds: int | None
) -> None:
    bench.script_fault("status", status=429, retry_after=given)

    with pytest.raises(RateLimited) as error:
        bench.receiver.send(NOTICE)

    is_told = seconds is not None and bench.name not in TELLS_NO_MORE
    assert error.value.retry_after == (timedelta(seconds=seconds or 0) if is_told else None)
    assert bench.count_shown() == 0


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_server_error_leaves_the_outcome_open_but_settled(
    bench: ReceiverBench, status: int
) -> None:
    bench.script_fault("status", status=status)

    with pytest.raises(UnknownOutcome) as error:
        bench.receiver.send(NOTICE)

    assert error.value.settled


@pytest.mark.parametrize("status", [408, 504])
def test_a_gateways_time_out_settles_nothing(bench: ReceiverBench, status: int) -> None:
    bench.script_fault("status", status=status)

    with pytest.raises(UnknownOutcome) as error:
        bench.receiver.send(NOTICE)

    assert not error.value.settled


@pytest.mark.parametrize("stored", [True, False], ids=["stored", "lost"])
@pytest.mark.parametrize("kind", ["hang", "drop"])
def test_no_answer_settles_nothing_and_is_not_tried_twice(
    bench: ReceiverBench, kind: str, stored: bool
) -> None:
    bench.script_fault(kind, stored=stored)

    with pytest.raises(UnknownOutcome) as error:
        bench.hasty.send(NOTICE)

    assert not error.value.settled
    until(lambda: bench.standin.called(POST[bench.name]), "the call arrives", 5)
    until(lambda: bench.count_shown() == int(stored), "it is stored, or lost", 5)
    assert len(bench.standin.called(POST[bench.name])) == 1


def test_a_refused_connection_sent_nothing(bench: ReceiverBench) -> None:
    nobody = bench.make(f"http://127.0.0.1:{free_port()}")

    kind = UnknownOutcome if bench.name in TELLS_NO_MORE else RetryableError
    with pytest.raises(kind):
        nobody.send(NOTICE)
    close_receiver(nobody)


@pytest.mark.parametrize("status", [400, 413])
def test_a_message_that_is_too_large_or_malformed_is_refused_for_good(
    bench: ReceiverBench, status: int
) -> None:
    bench.script_fault("status", status=status)

    with pytest.raises(PermanentRefusal):
        bench.receiver.send(NOTICE)


@pytest.mark.parametrize("status", [302, 401, 403, 404])
def test_a_receiver_that_refuses_everybody_is_down(bench: ReceiverBench, status: int) -> None:
    bench.script_fault("status", status=status)

    with pytest.raises(ReceiverDown):
        bench.receiver.send(NOTICE)


def test_the_page_of_a_portal_is_no_success(bench: ReceiverBench) -> None:
    if bench.name in TELLS_NO_MORE:
        pytest.skip("apprise reads no body, and so takes the page for a success")
    bench.script_fault("portal")

    with pytest.raises((ReceiverDown, UnknownOutcome)):
        bench.receiver.send(NOTICE)


def test_a_receiver_that_works_passes_its_check(bench: ReceiverBench) -> None:
    bench.receiver.check()
    bench.receiver.send(NOTICE)
    bench.receiver.check()

    assert bench.count_shown() == 1


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
    bench: ReceiverBench, fault: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    bench.script_fault(**fault)

    with pytest.raises(Exception, match=r".") as error:
        bench.hasty.send(NOTICE)

    trace = "".join(traceback.format_exception(error.value))
    assert SECRET not in f"{error.value!r} {trace} {caplog.text}"


def test_the_largest_alert_is_taken(bench: ReceiverBench) -> None:
    huge = "<&> é" * 3000
    many = tuple(evidence(number, title=huge, excerpt=huge) for number in range(20))
    largest = alert(
        summary=huge, action=huge, explain=huge, group={"a": huge[:1000]}, evidence=many
    )

    bench.receiver.send(Notice(largest))

    assert bench.count_shown() == 1


def test_the_smallest_alert_is_taken(bench: ReceiverBench) -> None:
    bench.receiver.send(Notice(alert(summary="", explain="", group={}, evidence=())))

    assert bench.count_shown() == 1
