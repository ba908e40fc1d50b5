"""The body of an interaction → the press of a button."""

import hashlib
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import parse_qs

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from services.notifier.domain.slack_buttons import LONGEST_ID, Button
from services.strict_json import InvalidJson, parse

MOST_FIELDS = 20
LONGEST_URL = 1000


class InvalidInteraction(ValueError):
    """The body is none that Slack sends; the message says what is wrong."""


@dataclass(frozen=True, slots=True)
class Press:
    """A button that a user of Slack pressed for an alert.

    `identity` is the same when Slack tells of it again. `is_member`: of the workspace itself, not
    of another one that shares a channel with it. `reply_url`: where to answer, None if nowhere.
    """

    button: Button
    alert: str
    user: str
    user_name: str
    is_member: bool
    identity: str
    reply_url: str | None = None


class _SlackPart(BaseModel):
    """Slack adds fields whenever it likes."""

    model_config = ConfigDict(extra="ignore", frozen=True)


Word = Annotated[str, StringConstraints(max_length=255)]


class _Team(_SlackPart):
    id: Word


class _User(_SlackPart):
    id: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{2,30}$")]
    name: Word = ""
    team_id: Word | None = None


class _Action(_SlackPart):
    action_id: Word
    action_ts: Word = ""
    value: Annotated[str, StringConstraints(max_length=LONGEST_ID)] = ""


class _Interaction(_SlackPart):
    user: _User
    team: _Team | None = None
    actions: tuple[_Action, ...] = ()
    response_url: Annotated[str, StringConstraints(max_length=LONGEST_URL)] | None = None


def read_press(body: bytes) -> Press | None:
    """The press of one of our buttons; None of anything else that people do in Slack.

    Raises InvalidInteraction.
    """
    payload = _read_payload(body)
    if payload.get("type") != "block_actions":
        return None
    try:
        interaction = _Interaction.model_validate(payload)
    except ValidationError as error:
        raise InvalidInteraction(_name_fault(error)) from None
    return _find_press(interaction)


def _read_payload(body: bytes) -> dict[str, Any]:
    try:
        fields = parse_qs(body.decode("ascii"), max_num_fields=MOST_FIELDS, errors="strict")
        [written] = fields.get("payload", [])
        payload = parse(written.encode())
    except InvalidJson as error:
        raise InvalidInteraction(f"payload: {error}") from None
    except ValueError:
        raise InvalidInteraction("the body is no form with one payload") from None
    if not isinstance(payload, dict):
        raise InvalidInteraction("payload: must be an object")
    return payload


def _name_fault(error: ValidationError) -> str:
    [fault, *_] = error.errors(include_url=False, include_context=False, include_input=False)
    return f"payload.{'.'.join(map(str, fault['loc']))}: {fault['msg']}"


def _find_press(told: _Interaction) -> Press | None:
    for action in told.actions:
        if action.action_id in list(Button) and action.value:
            button, user = Button(action.action_id), told.user
            return Press(
                button=button,
                alert=action.value,
                user=user.id,
                user_name=user.name,
                is_member=told.team is not None and user.team_id == told.team.id,
                identity=_identify(user.id, action),
                reply_url=told.response_url,
            )
    return None


def _identify(user: str, action: _Action) -> str:
    told = f"{user}\n{action.action_ts}\n{action.action_id}\n{action.value}"
    return hashlib.sha256(told.encode()).hexdigest()
