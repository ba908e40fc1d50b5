from typing import Any

import pytest

from services.notifier.adapters.interactions.interaction import (
    InvalidInteraction,
    Press,
    Submission,
    read_form,
    read_interaction,
)
from services.notifier.domain.slack_buttons import Button
from tests.notifier.interactions.presses import REPLY, form, payload, submission


def read_press(body: bytes) -> Press | None:
    told = read_interaction(read_form(body))
    assert not isinstance(told, Submission)
    return told


@pytest.mark.parametrize("button", Button)
def test_a_press_names_the_button_the_alert_and_the_user(button: Button) -> None:
    press = read_press(form(payload(action={"action_id": button.value})))

    assert press is not None
    assert (press.button, press.alert, press.user.id) == (button, "a1", "U1")
    assert (press.user.name, press.user.is_member, press.reply_url) == ("ally", True, REPLY)
    assert press.trigger == "1.2.trigger"


def test_a_press_that_is_told_of_again_has_the_same_identity() -> None:
    first, again = read_press(form(payload())), read_press(form(payload(response_url=None)))
    later = read_press(form(payload(action={"action_ts": "1764244801.000100"})))

    assert first is not None
    assert again is not None
    assert later is not None
    assert first.identity == again.identity != later.identity


@pytest.mark.parametrize("team", [None, {"id": "T2"}])
def test_who_comes_from_another_workspace_is_no_member(team: Any) -> None:
    press = read_press(form(payload(team=team)))

    assert press is not None
    assert not press.user.is_member


OTHERS = {
    "a shortcut": payload(type="shortcut", actions=None),
    "no type": {},
    "a button of another app": payload(action={"action_id": "approve"}),
    "no alert": payload(action={"value": ""}),
    "no action": payload(actions=[]),
}


@pytest.mark.parametrize("told", OTHERS.values(), ids=OTHERS.keys())
def test_what_else_people_do_is_no_press(told: Any) -> None:
    assert read_press(form(told)) is None


MALFORMED = {
    "nothing": (b"", "no form"),
    "JSON": (b"{}", "no form"),
    "not ASCII": ("payload=é".encode(), "no form"),
    "not UTF-8": (b"payload=%ff", "no form"),
    "two payloads": (form(payload()) + b"&" + form(payload()), "no form"),
    "many fields": (b"a=1&" * 50 + form(payload()), "no form"),
    "no JSON": (b"payload=x", "payload: line 1 column 1"),
    "too deep": (b"payload=" + b"[" * 100_000, "payload: nested too deeply"),
    "a list": (form([]), "payload: must be an object"),
    "no user": (form(payload(user=None)), "payload.user"),
    "a user of many words": (
        form(payload(user={"id": "U1 <!channel>"})),
        "payload.user.id: must match",
    ),
    "a name that is no text": (
        form(payload(user={"id": "U1", "name": "\ud800"})),
        "payload.user.name",
    ),
    "actions that are none": (form(payload(actions={"a": 1})), "payload.actions"),
    "an alert that is a number": (form(payload(action={"value": 1})), "payload.actions.0.value"),
    "an endless alert": (form(payload(action={"value": "a" * 201})), "payload.actions.0.value"),
}


@pytest.mark.parametrize(("body", "message"), MALFORMED.values(), ids=MALFORMED.keys())
def test_what_slack_never_sends_is_named(body: bytes, message: str) -> None:
    with pytest.raises(InvalidInteraction, match=message):
        read_press(body)


def test_a_submitted_modal_has_the_answers_by_field() -> None:
    told = read_interaction(submission())

    assert isinstance(told, Submission)
    assert (told.alert, told.user.id) == ("a1", "U1")
    assert told.answers == {"scope": "group", "duration": "1h", "reason": "works"}


def test_a_modal_that_is_submitted_again_has_the_same_identity() -> None:
    first = read_interaction(submission())
    again = read_interaction(submission(reason="other words"))
    another = read_interaction(submission(view={"id": "V2"}))

    assert isinstance(first, Submission)
    assert isinstance(again, Submission)
    assert isinstance(another, Submission)
    assert first.identity == again.identity != another.identity


@pytest.mark.parametrize(
    "view", [{"callback_id": "another.app"}, {"private_metadata": ""}], ids=["another", "no alert"]
)
def test_another_modal_is_none_of_ours(view: Any) -> None:
    assert read_interaction(submission(view=view)) is None


def test_what_was_left_empty_has_no_answer() -> None:
    told = read_interaction(submission(reason=None))

    assert isinstance(told, Submission)
    assert "reason" not in told.answers


MALFORMED_VIEWS = {
    "no id": ({"id": ""}, "payload.view.id"),
    "values that are none": ({"state": {"values": [1]}}, "payload.view.state.values"),
    "an endless reason": (
        {"state": {"values": {"reason": {"words": {"value": "x" * 2001}}}}},
        "payload.view.state.values.reason.words.value",
    ),
}


@pytest.mark.parametrize(("view", "message"), MALFORMED_VIEWS.values(), ids=MALFORMED_VIEWS.keys())
def test_a_view_that_slack_never_sends_is_named(view: Any, message: str) -> None:
    with pytest.raises(InvalidInteraction, match=message):
        read_interaction(submission(view=view))
