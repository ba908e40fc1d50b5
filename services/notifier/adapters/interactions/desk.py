"""What a press of a button or a submitted modal does, and what the person is told of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from redis import RedisError

from schemas.alert import Alert
from schemas.time_span import parse_time_span
from services.notifier.adapters.interactions.interaction import Press, Submission
from services.notifier.adapters.interactions.modals import ModalNotOpened
from services.notifier.adapters.interactions.slack_people import SlackPeople
from services.notifier.domain.errors import LogLost
from services.notifier.domain.silence_modal import (
    ModalField,
    SilenceScope,
    build_confirmation,
    build_errors,
    build_modal,
    list_scopes,
    write_matchers,
)
from services.notifier.domain.slack_buttons import OPINIONS, Button
from services.notifier.domain.watch.acknowledgements import AcknowledgementRequest
from services.notifier.domain.watch.floor import WatchFloor
from services.notifier.domain.watch.people import Person
from services.notifier.domain.watch.refusals import ActRefused, InvalidAct, NotAllowed
from services.notifier.domain.watch.silences.lifecycle import SilenceRequest
from services.notifier.domain.watch.verdicts import GivenOpinion
from services.telemetry import logger

log = logger(__name__)


class OpenedModals(Protocol):
    """The modals of a workspace; see Modals."""

    def open(self, trigger: str, view: dict[str, Any]) -> str:
        """Show the view; its id. Raises ModalNotOpened."""

    def update(self, view_id: str, view: dict[str, Any]) -> None:
        """Change the view, if it still stands open."""


class SeenPresses(Protocol):
    """The presses that were done before, at whatever notifier. May raise redis.RedisError."""

    def has(self, identity: str) -> bool:
        """Whether it was done."""

    def add(self, identity: str) -> None:
        """It was done."""


def do_nothing() -> None:
    """What follows where nothing does."""


@dataclass(frozen=True, slots=True)
class InteractionAnswer:
    """What Slack is answered (`body`, None: nothing), and what is to `follow` once it has it."""

    body: Mapping[str, Any] | None = None
    follow: Callable[[], None] = do_nothing


@dataclass(frozen=True, slots=True)
class InteractionDesk:
    """Acts on what people do in Slack; an act is done before it is answered, and done once.

    A press that was answered is kept as seen; one whose answer was lost may be done again, with the
    same result. `tell` shows a line to the person alone, at the reply's address.
    """

    floor: WatchFloor
    people: SlackPeople
    seen: SeenPresses
    modals: OpenedModals
    tell: Callable[[str, str], None]

    def handle(self, interaction: Press | Submission) -> InteractionAnswer:
        """Do what was asked for; blocks for the time-outs of Redis and of a modal at most.

        Raises nothing of a store's: the answer says what failed.
        """
        if isinstance(interaction, Submission):
            return InteractionAnswer(self._submit(interaction))
        try:
            return self._press(interaction)
        except (ActRefused, ModalNotOpened, LogLost, RedisError) as refused:
            return self._tell(interaction, f"Not done: {_explain(refused, interaction.user.id)}")

    def _press(self, press: Press) -> InteractionAnswer:
        if self.seen.has(press.identity):
            return InteractionAnswer()
        answer = self._act(press)
        try:
            self.seen.add(press.identity)
        except RedisError as error:
            log.warning("a press that is told of again is done again", error=type(error).__name__)
        return answer

    def _act(self, press: Press) -> InteractionAnswer:
        person, opinion = self.people.identify(press.user), OPINIONS.get(press.button)
        if press.button is Button.SILENCE:
            return self._open_modal(press, person)
        if opinion is None:
            known = self.floor.acknowledge(person, press.alert, AcknowledgementRequest())
            return self._tell(press, f"In your hands until {known.ends_at:%Y-%m-%d %H:%M}Z")
        verdict = self.floor.judge(press.alert, GivenOpinion(person, opinion))
        return self._tell(press, f"Your verdict is kept: {verdict.opinion}")

    def _tell(self, press: Press, text: str) -> InteractionAnswer:
        if press.reply_url is None:
            return InteractionAnswer()
        return InteractionAnswer(follow=partial(self.tell, press.reply_url, text))

    def _open_modal(self, press: Press, person: Person) -> InteractionAnswer:
        alert = self.floor.find_alert_to_silence(person, press.alert)
        view_id = self.modals.open(press.trigger or "", build_modal(alert))
        return InteractionAnswer(follow=partial(self._show_preview, view_id, alert))

    def _show_preview(self, view_id: str, alert: Alert) -> None:
        [scope, *_] = list_scopes(alert)
        try:
            preview = self.floor.preview(write_matchers(alert, scope))
        except (ActRefused, LogLost, RedisError) as error:
            log.warning("a silence has no preview", error=type(error).__name__)
        else:
            self.modals.update(view_id, build_modal(alert, preview))

    def _submit(self, submission: Submission) -> Mapping[str, Any]:
        try:
            silence = self.floor.add_silence(
                self.people.identify(submission.user),
                self._read_request(submission),
                submission.identity[:32],
            )
        except (ActRefused, LogLost, RedisError) as refused:
            field = refused.field if isinstance(refused, ActRefused) else ""
            return build_errors(field, _explain(refused, submission.user.id))
        return {"response_action": "update", "view": build_confirmation(silence)}

    def _read_request(self, submission: Submission) -> SilenceRequest:
        answers, alert = submission.answers, self.floor.find_alert(submission.alert)
        scope = answers.get(ModalField.SCOPE)
        if scope not in list_scopes(alert):
            raise InvalidAct("", "choose what to silence")
        try:
            duration = parse_time_span(answers.get(ModalField.DURATION))
        except ValueError as error:
            raise InvalidAct("ends_at", str(error)) from None
        ends_at = self.floor.clock() + duration
        return SilenceRequest(
            write_matchers(alert, SilenceScope(scope)), answers.get(ModalField.REASON, ""), ends_at
        )


def _explain(refused: Exception, user: str) -> str:
    match refused:
        case NotAllowed():
            return f"{refused}; ask whoever runs Vedette to name slack:{user} in its token file"
        case ActRefused() | ModalNotOpened():
            return str(refused)
        case LogLost():
            return "the log is being rebuilt: try again in some seconds"
        case _:
            log.warning("redis fails", error=type(refused).__name__)
            return "Redis does not answer, and nothing is known to have changed: try again"
