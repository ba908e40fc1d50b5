"""What only Slack does: edits, its own errors, and the search for what was sent."""

from collections.abc import Iterator
from typing import Any

import pytest

from schemas.alert import Status
from services.notifier.domain.decisions import FoundMessage
from services.notifier.domain.errors import (
    HandleLost,
    PermanentRefusal,
    RateLimited,
    ReceiverDown,
    RetryableError,
    UnknownOutcome,
    UnreadableHistory,
)
from services.notifier.domain.ports import Notice
from tests.notifier.alerts import alert
from tests.notifier.receivers import NOTICE, doubt, slack_at
from tests.standins.slack import SlackStandIn, channel_id


@pytest.fixture
def slack() -> Iterator[SlackStandIn]:
    with SlackStandIn() as standin:
        yield standin


def test_an_edit_shows_the_newer_revision_in_place(slack: SlackStandIn) -> None:
    receiver = slack_at(slack.url)
    handle = receiver.send(NOTICE)

    receiver.edit(handle, Notice(alert(revision=2, status=Status.RESOLVED)))

    assert len(slack.messages) == 1
    assert "RESOLVED" in slack.messages[0].words
    assert (slack.messages[0].shown.metadata or {})["event_payload"]["revision"] == 2


@pytest.mark.parametrize("error", ["message_not_found", "edit_window_closed"])
def test_a_message_that_cannot_be_edited_is_lost(slack: SlackStandIn, error: str) -> None:
    receiver = slack_at(slack.url)
    handle = receiver.send(NOTICE)
    slack.script_fault("error", call="chat.update", error=error)

    with pytest.raises(HandleLost):
        receiver.edit(handle, NOTICE)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ("channel_not_found", ReceiverDown),
        ("invalid_auth", ReceiverDown),
        ("token_revoked", ReceiverDown),
        ("is_archived", ReceiverDown),
        ("msg_too_long", PermanentRefusal),
        ("invalid_blocks", PermanentRefusal),
        ("a_word_of_the_future", RetryableError),
        ("ratelimited", RateLimited),
        ("internal_error", UnknownOutcome),
        ("fatal_error", UnknownOutcome),
    ],
)
def test_slacks_own_errors_are_classified(
    slack: SlackStandIn, error: str, kind: type[Exception]
) -> None:
    slack.script_fault("error", call="chat.postMessage", error=error)

    with pytest.raises(kind, match="rate limited" if error == "ratelimited" else error):
        slack_at(slack.url).send(NOTICE)


@pytest.mark.parametrize(("call", "lane"), [("chat.postMessage", "post"), ("chat.update", "edit")])
def test_each_method_is_limited_apart(slack: SlackStandIn, call: str, lane: str) -> None:
    receiver = slack_at(slack.url)
    handle = receiver.send(NOTICE)
    slack.script_fault("status", call=call, status=429)

    with pytest.raises(RateLimited) as limit:
        receiver.edit(handle, NOTICE) if lane == "edit" else receiver.send(NOTICE)

    assert limit.value.lane == lane


def test_a_revoked_token_fails_the_check() -> None:
    with SlackStandIn(tokens=frozenset({"another"})) as slack, pytest.raises(ReceiverDown):
        slack_at(slack.url).check()


def test_an_archived_channel_fails_the_check(slack: SlackStandIn) -> None:
    receiver = slack_at(slack.url)
    receiver.send(NOTICE)
    slack.archived.add("alerts")

    with pytest.raises(ReceiverDown, match="is_archived"):
        receiver.check()


def test_a_channel_that_may_not_be_read_passes_the_check() -> None:
    with SlackStandIn(scopes=frozenset({"chat:write"})) as slack:
        receiver = slack_at(slack.url)
        receiver.send(NOTICE)

        receiver.check()


def test_a_message_is_found_by_the_alert_id_among_others(slack: SlackStandIn) -> None:
    receiver = slack_at(slack.url)
    for number in range(250):
        if number == 30:
            handle = receiver.send(NOTICE)
        receiver.send(Notice(alert(f"other-{number}")))

    found_message = receiver.find("a1", doubt(slack.messages[0].at))

    assert found_message == FoundMessage(1, handle)
    assert len(slack.called("conversations.history")) == 2


def test_a_new_process_finds_the_channels_id_by_its_name(slack: SlackStandIn) -> None:
    handle = slack_at(slack.url).send(NOTICE)

    found_message = slack_at(slack.url).find("a1", doubt(slack.messages[0].at))

    assert found_message == FoundMessage(1, handle)


def test_a_channel_given_by_id_is_not_looked_up(slack: SlackStandIn) -> None:
    slack_at(slack.url).send(NOTICE)

    found_message = slack_at(slack.url, channel=channel_id("alerts")).find(
        "a1", doubt(slack.messages[0].at)
    )

    assert found_message is not None
    assert slack.called("conversations.list") == []


def test_a_message_of_another_time_is_not_taken_for_ours(slack: SlackStandIn) -> None:
    receiver = slack_at(slack.url)
    receiver.send(NOTICE)

    assert receiver.find("a1", doubt(slack.messages[0].at - 7200)) is None
    assert receiver.find("a1", doubt(slack.messages[0].at + 7200)) is None


def test_history_without_the_scope_is_unreadable() -> None:
    with SlackStandIn(scopes=frozenset({"chat:write"})) as slack:
        receiver = slack_at(slack.url)
        receiver.send(NOTICE)

        with pytest.raises(
            UnreadableHistory, match="missing_scope: the token needs channels:history"
        ):
            receiver.find("a1", doubt(slack.messages[0].at))


def test_a_name_that_cannot_be_looked_up_is_unreadable() -> None:
    with SlackStandIn(scopes=frozenset({"chat:write", "channels:history"})) as slack:
        slack_at(slack.url).send(NOTICE)

        with pytest.raises(UnreadableHistory, match="channel_not_found"):
            slack_at(slack.url).find("a1", doubt(slack.messages[0].at))


@pytest.mark.parametrize("fault", [{"status": 429, "retry_after": 9}, {"status": 503}], ids=str)
def test_a_history_out_of_order_can_be_asked_again(
    slack: SlackStandIn, fault: dict[str, Any]
) -> None:
    receiver = slack_at(slack.url)
    receiver.send(NOTICE)
    slack.script_fault("status", call="conversations.history", **fault)

    with pytest.raises(RetryableError):
        receiver.find("a1", doubt(slack.messages[0].at))
