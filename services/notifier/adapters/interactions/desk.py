"""What a press of a button does, and what the person is told of it."""

from collections.abc import Callable
from dataclasses import dataclass

from redis import RedisError

from services.notifier.adapters.interactions.press import Press
from services.notifier.adapters.interactions.slack_people import SlackPeople
from services.notifier.domain.errors import LogLost
from services.notifier.domain.slack_buttons import OPINIONS
from services.notifier.domain.watch.acknowledgements import AcknowledgementRequest
from services.notifier.domain.watch.floor import WatchFloor
from services.notifier.domain.watch.people import Person
from services.notifier.domain.watch.refusals import ActRefused, NotAllowed
from services.notifier.domain.watch.verdicts import GivenOpinion
from services.telemetry import logger

log = logger(__name__)


@dataclass(frozen=True, slots=True)
class ButtonDesk:
    """Acts on presses, each once: `is_first` says whether a press was not told of before.

    `tell` shows a line to the person alone, at the reply's address.
    """

    floor: WatchFloor
    people: SlackPeople
    is_first: Callable[[str], bool]
    tell: Callable[[str, str], None]

    def handle(self, press: Press) -> None:
        """Do what was asked for; the person hears how it went. Raises nothing of a store's."""
        told = self._try(press)
        if told is not None and press.reply_url is not None:
            self.tell(press.reply_url, told)

    def _try(self, press: Press) -> str | None:
        try:
            return self._act(press) if self.is_first(press.identity) else None
        except NotAllowed as refused:
            way_out = f"ask whoever runs Vedette to name slack:{press.user} in its token file"
            return f"Not done: {refused}; {way_out}"
        except ActRefused as refused:
            return f"Not done: {refused}"
        except LogLost:
            return "Not done: the log is being rebuilt; press again in some seconds"
        except RedisError as error:
            log.warning("redis fails", error=type(error).__name__)
            return "Redis does not answer: nothing is known to have changed; press again"

    def _act(self, press: Press) -> str:
        person, opinion = self.people.identify(press), OPINIONS.get(press.button)
        if opinion is None:
            return self._acknowledge(person, press.alert)
        verdict = self.floor.judge(press.alert, GivenOpinion(person, opinion))
        return f"Your verdict is kept: {verdict.opinion}"

    def _acknowledge(self, person: Person, alert_id: str) -> str:
        known = self.floor.acknowledge(person, alert_id, AcknowledgementRequest())
        return f"In your hands until {known.ends_at:%Y-%m-%d %H:%M}Z"
