"""What people do at the pager, as acts on alerts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from schemas.acknowledgement import Acknowledgement
from services.notifier.domain.routing.receiver_names import PAGERS
from services.notifier.domain.watch.acknowledgements import AcknowledgementRequest
from services.notifier.domain.watch.floor import WatchFloor
from services.notifier.domain.watch.people import Person, Role
from services.report_text import clean_line, cut_line

LONGEST_NAME = 60


class PagerAct(StrEnum):
    """What happened to an incident."""

    ACKNOWLEDGED = "acknowledged"
    UNACKNOWLEDGED = "unacknowledged"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True)
class PagerUser:
    """A person as the pager knows him."""

    id: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class PagerEvent:
    """An act on the incident of an alert, at the receiver `pager`; `user` None: by a machine."""

    pager: str
    act: PagerAct
    alert: str
    at: datetime
    user: PagerUser | None


@dataclass(frozen=True, slots=True)
class PagerDesk:
    """Lets what people do at a pager hold everywhere.

    `people` are known by aliases such as `pagerduty:USER` and `opsgenie:USER`.
    """

    floor: WatchFloor
    people: Mapping[str, Person]

    def handle(self, event: PagerEvent) -> bool:
        """Whether the event was heeded: not where a later act is known, nor a machine's own.

        An incident that somebody resolves is in hand: its alert goes on, until it ends by itself.
        Raises what WatchFloor raises.
        """
        [known] = self.floor.acknowledgements.find([event.alert])
        if known is not None and event.at <= _find_last_change(known):
            return False
        if event.act is PagerAct.UNACKNOWLEDGED:
            return self._take_back(event, known)
        if event.user is None:
            return False
        comment = _comment(event.act, event.pager)
        request = AcknowledgementRequest(comment=comment, takes_over=False)
        self.floor.acknowledge(self._identify(event.user, event.pager), event.alert, request)
        return True

    def _take_back(self, event: PagerEvent, known: Acknowledgement | None) -> bool:
        """Of what was acknowledged at this pager: what people said elsewhere stays."""
        comments = {_comment(act, event.pager) for act in PagerAct}
        if known is None or known.ended_by is not None or known.comment not in comments:
            return False
        if self.floor.clock() >= known.ends_at:
            return False
        self.floor.take_back(Person(PAGERS[event.pager], Role.ADMIN), event.alert)
        return True

    def _identify(self, user: PagerUser, pager: str) -> Person:
        """The person of that alias; whoever has none is an analyst, as he is on call."""
        alias = f"{pager}:{user.id}"
        for person in self.people.values():
            if person.is_one_of(frozenset({alias})):
                return person
        name = cut_line(clean_line(user.name), LONGEST_NAME)
        return Person(f"{name} ({alias})" if name else alias, Role.ANALYST, frozenset({alias}))


def _comment(act: PagerAct, pager: str) -> str:
    return f"{act} at {PAGERS[pager]}"


def _find_last_change(known: Acknowledgement) -> datetime:
    return known.at if known.ended_by is None else max(known.at, known.ends_at)
