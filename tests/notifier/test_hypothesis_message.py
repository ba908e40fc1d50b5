"""A hypothesis as one living message: edited in place, its moves in the thread."""

from collections.abc import Iterator
from typing import Any

import pytest

from schemas.alert import Alert, Level, LevelMove, RuleRef, Status
from services.notifier.domain.errors import UnknownOutcome
from services.notifier.domain.group_view import is_alarming
from services.notifier.domain.headline import build_headline
from services.notifier.domain.message import render_reply
from services.notifier.domain.ports import Notice
from tests.notifier.alerts import alert
from tests.notifier.desk import DeliveryDesk
from tests.notifier.grouping.group_desk import GroupDesk
from tests.notifier.receivers import slack_at
from tests.standins.slack import SlackStandIn

LEVELS = {"watch": Level.LOW, "elevated": Level.MEDIUM, "high": Level.HIGH, "": Level.LOW}


def hypothesis(revision: int, before: Any, after: Any, **changes: Any) -> Alert:
    """The hypothesis mlcoa after a move."""
    move = LevelMove(
        before=before,
        after=after,
        score=5,
        threshold=5,
        because="rockets was observed",
        missing=("march",),
    )
    fields: dict[str, Any] = {
        "rule": RuleRef(name="mlcoa", title="MLCOA: pressure", level=LEVELS[after]),
        "group": {"hypothesis": "mlcoa"},
        "hypotheses": ("mlcoa",),
        "level": LEVELS[after],
        "move": move,
    }
    return alert("h1", revision, **fields | changes)


BEGUN, RISEN = hypothesis(1, "", "watch"), hypothesis(2, "watch", "elevated")
FALLEN = hypothesis(3, "elevated", "watch")
ENDED = hypothesis(4, "watch", "", status=Status.RESOLVED)


@pytest.fixture
def slack() -> Iterator[SlackStandIn]:
    with SlackStandIn() as standin:
        yield standin


def test_its_headline_says_from_where_to_where_and_why() -> None:
    assert build_headline(Notice(RISEN)) == (
        "🟡 UP: watch → elevated · MLCOA: pressure · 5.0 of 5 · "
        "because rockets was observed; not yet seen: march"
    )
    assert build_headline(Notice(FALLEN)).startswith("🔵 DOWN: elevated → watch · ")
    assert build_headline(Notice(BEGUN)).startswith("🔵 UP: below watch → watch · ")


def test_it_is_one_message_and_each_move_is_told_in_its_thread() -> None:
    desk = DeliveryDesk()
    for revision in (BEGUN, RISEN, FALLEN, ENDED):
        desk.queue(revision)
        desk.handle_all()

    assert desk.messages == [["1 firing", "2 firing", "3 firing", "4 resolved"]]
    assert [notice.alert.revision for notice in desk.receiver.replies] == [2, 3]
    assert [is_alarming(notice) for notice in desk.receiver.replies] == [True, False]


def test_more_evidence_is_told_in_no_thread() -> None:
    desk = DeliveryDesk()
    desk.queue(BEGUN)
    desk.handle_all()
    desk.clock.move(60)
    desk.queue(hypothesis(2, "", "watch", evidence_count=2))
    desk.handle_all()

    assert desk.messages == [["1 firing", "2 firing"]]
    assert desk.receiver.replies == []


@pytest.mark.parametrize("told", [True, False], ids=["told", "lost"])
def test_a_move_whose_reply_has_no_answer_is_told_once(told: bool) -> None:
    desk = DeliveryDesk()
    desk.queue(BEGUN)
    desk.handle_all()
    desk.receiver.faults = [None, (UnknownOutcome("no answer"), told)]
    desk.queue(RISEN)
    desk.handle_all()

    assert len(desk.receiver.replies) == 1


def test_in_a_group_its_rise_is_seen_in_the_channel_too() -> None:
    desk = GroupDesk()
    for revision in (
        hypothesis(1, "", "elevated"),
        hypothesis(2, "elevated", "high"),
        hypothesis(3, "high", "elevated"),
    ):
        desk.queue(revision)
        desk.handle_all()
        desk.clock.move(600)

    assert len(desk.receiver.shown) == 1
    assert [is_alarming(notice) for notice in desk.receiver.replies] == [True, False]


def test_slack_shows_the_rise_in_the_channel_and_finds_it_in_the_thread(
    slack: SlackStandIn,
) -> None:
    receiver = slack_at(slack.url)
    handle = receiver.send(Notice(BEGUN))
    before = DeliveryDesk()
    before.queue(BEGUN)
    before.handle_all()
    risen = Notice(RISEN, before=before.log.entries["slack", "h1"])
    receiver.edit(handle, risen)
    receiver.reply(handle, risen)

    [root] = slack.roots
    [reply] = slack.thread(root)
    assert "UP: watch → elevated" in root.words
    assert reply.is_broadcast
    assert reply.text == render_reply(risen)["text"]
    assert receiver.has_reply(handle, risen)
    assert not receiver.has_reply(handle, Notice(FALLEN))
