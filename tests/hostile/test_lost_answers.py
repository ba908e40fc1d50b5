"""Slack takes a message and its answer is lost: no two messages without a mark."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from services.notifier.adapters.delivery import Delivery
from services.notifier.adapters.job_handler import JobHandler
from services.notifier.adapters.monitored_receiver import MonitoredReceiver
from services.notifier.domain.message import render
from services.notifier.domain.ports import Notice
from services.notifier.domain.routing.default_routes import make_default_routing
from services.notifier.domain.watch.acts import NO_ACTS
from tests.fake_log import FakeLog
from tests.fakes import FakeClock, FakeFiring
from tests.notifier.alerts import alert, job
from tests.notifier.desk import HOLD
from tests.notifier.receivers import slack_at
from tests.standins.slack import SlackStandIn
from tests.standins.slack_messages import OWN_USER


@pytest.fixture
def slack() -> Iterator[SlackStandIn]:
    with SlackStandIn() as standin:
        yield standin


def notify_with_a_lost_answer(slack: SlackStandIn) -> list[bool]:
    """Whether each message in the channel says that it may be a repeat."""
    slack.script_fault("drop", call="chat.postMessage", stored=True)
    notify(slack)
    return ["POSSIBLE REPEAT" in message.words for message in slack.messages]


def notify(slack: SlackStandIn) -> None:
    """Notify of one alert until nothing is left to do."""
    clock = FakeClock(datetime.fromtimestamp(time.time(), UTC))
    log, receiver = FakeLog(clock, HOLD), MonitoredReceiver(slack_at(slack.url), clock)
    routing = make_default_routing([receiver.traits.name])
    delivery = Delivery(
        receiver,
        receiver.traits,
        log,
        HOLD,
        clock,
        lambda: 0.0,
        lambda: routing,
        FakeFiring(),
        lambda asked, _now: [NO_ACTS for _ in asked],
    )
    handler = JobHandler(delivery)
    log.put([job(alert())], [receiver.traits.name], clock())
    while log.queue:
        clock.now = max(clock.now, min(queued.due for queued in log.queue.values()))
        claim = log.claim(receiver.traits.name, clock())
        assert claim is not None
        handler.handle(claim)


def test_a_message_whose_answer_is_lost_is_found(slack: SlackStandIn) -> None:
    assert notify_with_a_lost_answer(slack) == [False]


def test_where_metadata_is_withheld_the_repeat_is_marked(slack: SlackStandIn) -> None:
    slack.withholds_metadata = True

    assert notify_with_a_lost_answer(slack) == [False, True]


def test_a_message_of_somebody_else_with_our_metadata_swallows_no_alert(
    slack: SlackStandIn,
) -> None:
    slack.script_fault("drop", call="chat.postMessage")
    for user, bot in (("USOMEBODY", None), ("UANOTHER", "B2"), ("UANOTHER", OWN_USER)):
        metadata = render(Notice(alert()))["metadata"]
        body = {"channel": "#alerts", "text": "all is quiet", "metadata": metadata}
        slack.post_as(user, bot, body)

    notify(slack)

    assert [message.user for message in slack.messages][-1] == OWN_USER
    assert len(slack.messages) == 4


@pytest.mark.parametrize("minutes", [-10_000, -100, -59, -10, 10, 59, 100, 10_000])
def test_a_message_is_found_though_the_clocks_differ(slack: SlackStandIn, minutes: int) -> None:
    slack.skew = timedelta(minutes=minutes).total_seconds()

    assert notify_with_a_lost_answer(slack) == [False]
