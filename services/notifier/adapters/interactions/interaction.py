"""What Slack tells of people: the press of a button, or the submission of the modal."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import parse_qs

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from schemas.silence import LONGEST_REASON
from services.error_messages import describe_error
from services.notifier.domain.silence_modal import CALLBACK, ModalField
from services.notifier.domain.slack_buttons import LONGEST_ID, Button
from services.strict_json import InvalidJson, parse

MOST_FIELDS = 20
LONGEST_URL = 1000


class InvalidInteraction(ValueError):
    """The body is none that Slack sends; the message says what is wrong."""


@dataclass(frozen=True, slots=True)
class SlackUser:
    """A user by id and the name that he gave himself.

    `is_member`: of the workspace itself, not of another one that shares a channel with it.
    """

    id: str
    name: str
    is_member: bool


@dataclass(frozen=True, slots=True)
class Press:
    """A button that a user pressed for an alert.

    `identity` is the same when Slack tells of it again. `trigger`: what opens a modal for three
    seconds. `reply_url`: where to answer; each is None where Slack gives none.
    """

    button: Button
    alert: str
    user: SlackUser
    identity: str
    trigger: str | None = None
    reply_url: str | None = None


@dataclass(frozen=True, slots=True)
class Submission:
    """The modal as a user filled it in, for an alert; `answers` by field, absent where empty.

    `identity` is the same for one modal, however often it is submitted.
    """

    alert: str
    user: SlackUser
    identity: str
    answers: Mapping[str, str]


class _SlackPart(BaseModel):
    """Slack adds fields whenever it likes."""

    model_config = ConfigDict(extra="ignore", frozen=True)


Word = Annotated[str, StringConstraints(max_length=255)]
AlertId = Annotated[str, StringConstraints(max_length=LONGEST_ID)]


class _Team(_SlackPart):
    id: Word


class _User(_SlackPart):
    id: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{2,30}$")]
    name: Word = ""
    team_id: Word | None = None


class _Told(_SlackPart):
    user: _User
    team: _Team | None = None

    def find_user(self) -> SlackUser:
        is_member = self.team is not None and self.user.team_id == self.team.id
        return SlackUser(self.user.id, self.user.name, is_member)


class _Action(_SlackPart):
    action_id: Word
    action_ts: Word = ""
    value: AlertId = ""


class _BlockActions(_Told):
    actions: tuple[_Action, ...] = ()
    trigger_id: Word | None = None
    response_url: Annotated[str, StringConstraints(max_length=LONGEST_URL)] | None = None


class _Option(_SlackPart):
    value: Word


class _Element(_SlackPart):
    value: Annotated[str, StringConstraints(max_length=4 * LONGEST_REASON)] | None = None
    selected_option: _Option | None = None

    @property
    def answer(self) -> str | None:
        return self.value if self.selected_option is None else self.selected_option.value


class _State(_SlackPart):
    values: dict[str, dict[str, _Element]] = Field(default_factory=dict)


class _View(_SlackPart):
    id: Annotated[Word, StringConstraints(min_length=1)]
    callback_id: Word = ""
    private_metadata: AlertId = ""
    state: _State = Field(default_factory=_State)


class _ViewSubmission(_Told):
    view: _View


def read_interaction(payload: Any) -> Press | Submission | None:
    """The press of one of our buttons, or our modal; None of anything else that people do in Slack.

    Raises InvalidInteraction.
    """
    if not isinstance(payload, dict):
        raise InvalidInteraction("payload: must be an object")
    try:
        match payload.get("type"):
            case "block_actions":
                return _find_press(_BlockActions.model_validate(payload))
            case "view_submission":
                return _find_submission(_ViewSubmission.model_validate(payload))
            case _:
                return None
    except ValidationError as error:
        raise InvalidInteraction(_name_fault(error)) from None


def read_form(body: bytes) -> Any:
    """The payload in the form that Slack posts.

    Raises InvalidInteraction.
    """
    try:
        fields = parse_qs(body.decode("ascii"), max_num_fields=MOST_FIELDS, errors="strict")
        [written] = fields.get("payload", [])
        return parse(written.encode())
    except InvalidJson as error:
        raise InvalidInteraction(f"payload: {error}") from None
    except ValueError:
        raise InvalidInteraction("the body is no form with one payload") from None


def _name_fault(error: ValidationError) -> str:
    [fault, *_] = error.errors(include_url=False, include_input=False)
    return f"payload.{'.'.join(map(str, fault['loc']))}: {describe_error(fault)}"


def _find_press(pressed: _BlockActions) -> Press | None:
    for action in pressed.actions:
        if action.action_id in list(Button) and action.value:
            words = (action.action_ts, action.action_id, action.value)
            return Press(
                button=Button(action.action_id),
                alert=action.value,
                user=pressed.find_user(),
                identity=_identify(pressed.user.id, *words),
                trigger=pressed.trigger_id,
                reply_url=pressed.response_url,
            )
    return None


def _find_submission(submitted: _ViewSubmission) -> Submission | None:
    view = submitted.view
    if view.callback_id != CALLBACK or not view.private_metadata:
        return None
    answers = {
        str(field): element.answer
        for field in ModalField
        for element in view.state.values.get(field, {}).values()
        if element.answer is not None
    }
    identity = _identify(submitted.user.id, view.id)
    return Submission(view.private_metadata, submitted.find_user(), identity, answers)


def _identify(user: str, *words: str) -> str:
    return hashlib.sha256("\n".join((user, *words)).encode()).hexdigest()
