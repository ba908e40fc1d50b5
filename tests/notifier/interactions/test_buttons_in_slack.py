"""Buttons from the message in a channel to the reply, on Slack's stand-in."""

from collections.abc import Iterator
from typing import Any

import pytest

from schemas.alert import Status
from services.notifier.adapters.interactions.desk import InteractionDesk
from services.notifier.adapters.interactions.interaction import read_form, read_interaction
from services.notifier.adapters.interactions.modals import Modals
from services.notifier.adapters.interactions.reply import ReplySender
from services.notifier.adapters.interactions.slack_people import SlackPeople
from services.notifier.domain.message import render
from services.notifier.domain.ports import Notice
from services.notifier.domain.slack_buttons import LONGEST_ID
from tests.notifier.alerts import alert
from tests.notifier.interactions.fakes import FakePresses
from tests.notifier.interactions.presses import form, payload
from tests.notifier.receivers import NOTICE, api_at, slack_at
from tests.notifier.watch.people import ALICE
from tests.notifier.watch.stores import WatchRoom
from tests.standins.slack import SlackStandIn

REPLIES = "actions/T1/2/x"


@pytest.fixture
def slack() -> Iterator[SlackStandIn]:
    with SlackStandIn() as standin:
        yield standin


def find_buttons(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [each for block in blocks if block["type"] == "actions" for each in block["elements"]]


def test_a_press_of_a_posted_button_is_done_and_answered(slack: SlackStandIn) -> None:
    slack_at(slack.url, has_buttons=True).send(NOTICE)
    [noise] = [
        button
        for button in find_buttons(slack.messages[0].shown.blocks)
        if button["text"]["text"] == "Noise"
    ]
    room = WatchRoom()
    room.store(alert())
    replies = ReplySender(f"{slack.url}/api/")
    people, modals = SlackPeople({"": ALICE}), Modals.connect(api_at(slack.url))
    desk = InteractionDesk(room.floor, people, FakePresses(), modals, replies.send)
    told = payload(action=noise, response_url=f"{slack.url}/{REPLIES}")
    press = read_interaction(read_form(form(told)))
    assert press is not None

    desk.handle(press).follow()

    [reply] = slack.called(REPLIES)
    assert room.verdicts.known["a1"].opinion == "noise"
    assert "Your verdict is kept: noise" in str(reply.body)
    assert "ephemeral" in str(reply.body)


def test_an_end_takes_the_buttons_away(slack: SlackStandIn) -> None:
    receiver = slack_at(slack.url, has_buttons=True)
    handle = receiver.send(NOTICE)

    receiver.edit(handle, Notice(alert(revision=2, status=Status.RESOLVED)))

    assert not find_buttons(slack.messages[0].shown.blocks)


def test_without_a_signing_secret_there_are_no_buttons(slack: SlackStandIn) -> None:
    slack_at(slack.url).send(NOTICE)

    assert not find_buttons(slack.messages[0].shown.blocks)


@pytest.mark.parametrize(("length", "count"), [(LONGEST_ID, 5), (LONGEST_ID + 1, 0)])
def test_ids_are_within_slacks_limits(length: int, count: int) -> None:
    blocks = render(Notice(alert("a" * length)), has_buttons=True)["blocks"]

    assert len(find_buttons(blocks)) == count
    assert all(len(block.get("block_id", "")) <= 255 for block in blocks)


def test_a_reply_that_cannot_be_sent_is_left() -> None:
    ReplySender("http://127.0.0.1:9/api/").send("http://127.0.0.1:9/actions", "words")
