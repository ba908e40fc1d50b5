from typing import Any

import pytest

from services.notifier.adapters.interactions.press import InvalidInteraction, read_press
from services.notifier.domain.slack_buttons import Button
from tests.notifier.interactions.presses import REPLY, form, payload


@pytest.mark.parametrize("button", Button)
def test_a_press_names_the_button_the_alert_and_the_user(button: Button) -> None:
    press = read_press(form(payload(action={"action_id": button.value})))

    assert press is not None
    assert (press.button, press.alert, press.user) == (button, "a1", "U1")
    assert (press.user_name, press.is_member, press.reply_url) == ("ally", True, REPLY)


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
    assert not press.is_member


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
        "payload.user.id: String should match",
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
