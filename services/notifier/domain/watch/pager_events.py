"""What people do at the pager, as acts on alerts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from schemas.acknowledgement import Acknowledgement
from services.notifier.domain.watch.acknowledgements import PAGER_NAME, AcknowledgementRequest
from services.notifier.domain.watch.floor import WatchFloor
from services.notifier.domain.watch.people import Person, Role
from services.report_text import clean_line, cut_line

LONGEST_NAME = 60
PAGER_ITSELF = Person(PAGER_NAME, Role.ADMIN)


class PagerAct(StrEnum):
    """What happened to an incident, as its events are called."""

    ACKNOWLEDGED = "incident.acknowledged"
    UNACKNOWLEDGED = "incident.unacknowledged"
    RESOLVED = "incident.resolved"


@dataclass(frozen=True, slots=True)
class PagerEvent:
    """An act on the incident of an alert; `user` and `user_name` of who did it, None: a machine."""

    act: PagerAct
    alert: str
    at: datetime
    user: str | None
    user_name: str = ""


@dataclass(frozen=True, slots=True)
class PagerDesk:
    """Lets what people do at the pager hold everywhere; `people` are known by `pagerduty:USER`."""

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
        request = AcknowledgementRequest(comment=_comment(event.act), takes_over=False)
        self.floor.acknowledge(self._identify(event.user, event), event.alert, request)
        return True

    def _take_back(self, event: PagerEvent, known: Acknowledgement | None) -> bool:
        """Of what was acknowledged at the pager alone: what people said elsewhere stays."""
        comments = {_comment(act) for act in PagerAct}
        if known is None or known.ended_by is not None or known.comment not in comments:
            return False
        if self.floor.clock() >= known.ends_at:
            return False
        self.floor.take_back(PAGER_ITSELF, event.alert)
        return True

    def _identify(self, user: str, event: PagerEvent) -> Person:
        """The person of that alias; whoever has none is an analyst, as he is on call."""
        alias = f"pagerduty:{user}"
        for person in self.people.values():
            if person.is_one_of(frozenset({alias})):
                return person
        name = cut_line(clean_line(event.user_name), LONGEST_NAME)
        return Person(f"{name} ({alias})" if name else alias, Role.ANALYST, frozenset({alias}))


def _comment(act: PagerAct) -> str:
    return f"{act.removeprefix('incident.')} at PagerDuty"


def _find_last_change(known: Acknowledgement) -> datetime:
    return known.at if known.ended_by is None else max(known.at, known.ends_at)
