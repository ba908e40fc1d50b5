"""The acts of people: one entry for the API, Slack's buttons and pagers' webhooks."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from schemas.acknowledgement import Acknowledgement
from schemas.alert import Alert, Status
from schemas.ledger import LedgerLine
from schemas.recorded_verdict import RecordedVerdict
from schemas.silence import Silence
from services.notifier.domain.ports import OutboxRecord
from services.notifier.domain.watch.acknowledgements import (
    AcknowledgementRequest,
    acknowledge_alert,
    holds,
    take_back,
)
from services.notifier.domain.watch.act_lines import (
    encode_act_line,
    write_acknowledgement_line,
    write_silence_line,
    write_verdict_line,
)
from services.notifier.domain.watch.alert_summary import AlertSummary
from services.notifier.domain.watch.people import Person, Role
from services.notifier.domain.watch.ports import AlertArchive, RecordStore
from services.notifier.domain.watch.refusals import (
    ChangedMeanwhile,
    InvalidAct,
    NoSuchThing,
    NotAllowed,
)
from services.notifier.domain.watch.silences.lifecycle import (
    SilenceRequest,
    SilenceState,
    approve_silence,
    create_silence,
    expire_silence,
    find_state,
    parse_silence_matchers,
)
from services.notifier.domain.watch.silences.lifecycle import amend_silence as amend
from services.notifier.domain.watch.silences.preview import SilencePreview, preview_silence
from services.notifier.domain.watch.verdict_message import encode_verdict
from services.notifier.domain.watch.verdicts import GivenOpinion, judge_alert

MOST_SILENCES = 500
"""Silences that may be in force or still to come: every alert is compared with each."""
PAGE = 500


@dataclass(frozen=True, slots=True)
class WatchFloor:
    """What people may do with alerts, whatever way they come.

    Every method raises ActRefused, LogLost and the stores' errors, and then has changed nothing.
    """

    archive: AlertArchive
    silences: RecordStore[Silence]
    acknowledgements: RecordStore[Acknowledgement]
    verdicts: RecordStore[RecordedVerdict]
    clock: Callable[[], datetime]
    make_id: Callable[[], str]

    def acknowledge(
        self, person: Person, alert_id: str, request: AcknowledgementRequest
    ) -> Acknowledgement:
        """The alert is in the person's hands: nothing repeats or escalates, at no receiver."""
        _require(person, Role.ANALYST)
        alert, now = self.find_alert(alert_id), self.clock()
        [before] = self.acknowledgements.find([alert_id])
        if before is not None and not request.takes_over and holds(before, alert, now):
            return before
        known = acknowledge_alert(alert, person, request, before, now)
        what = f"by {known.owner} until {known.ends_at:%Y-%m-%d %H:%M}Z"
        line = write_acknowledgement_line(alert, known, what, now)
        self.acknowledgements.put(known, [encode_act_line(line)])
        return known

    def take_back(self, person: Person, alert_id: str) -> Acknowledgement:
        """The alert is in nobody's hands any more."""
        _require(person, Role.ANALYST)
        alert, now = self.find_alert(alert_id), self.clock()
        [before] = self.acknowledgements.find([alert_id])
        if before is None:
            raise NoSuchThing("", "nobody has acknowledged the alert")
        known = take_back(before, person, now)
        line = write_acknowledgement_line(alert, known, f"taken back by {person.name}", now)
        self.acknowledgements.put(known, [encode_act_line(line)])
        return known

    def judge(self, alert_id: str, given: GivenOpinion) -> RecordedVerdict:
        """The verdict is kept, counted, and sent to the matcher."""
        _require(given.person, Role.ANALYST)
        alert, now = self.find_alert(alert_id), self.clock()
        [before] = self.verdicts.find([alert_id])
        verdict = judge_alert(alert, given, before, now)
        line = encode_act_line(write_verdict_line(alert, verdict))
        self.verdicts.put(verdict, [line, *encode_verdict(alert, verdict)])
        return verdict

    def preview(self, matchers: Iterable[str]) -> SilencePreview:
        """What a silence with these matchers would hide now, and over the last week."""
        parsed = parse_silence_matchers(tuple(matchers))
        return preview_silence(parsed, self._list_all(), self.clock())

    def add_silence(
        self, person: Person, request: SilenceRequest, identity: str | None = None
    ) -> Silence:
        """A new silence of the person's; with an `identity` that is known the silence of it."""
        _require(person, Role.ANALYST)
        now = self.clock()
        silence = create_silence(request, identity or self.make_id(), person, now)
        self._require_room(now)
        try:
            return self._keep(silence, f"made by {person.name}", now)
        except ChangedMeanwhile:
            return self.find_silence(silence.id)

    def find_alert_to_silence(self, person: Person, alert_id: str) -> Alert:
        """The alert, if the person may silence anything."""
        _require(person, Role.ANALYST)
        return self.find_alert(alert_id)

    def amend_silence(self, person: Person, silence_id: str, request: SilenceRequest) -> Silence:
        """The silence with other times or another reason; with other matchers a new one.

        The one before has ended then. An id that stays means that the silence was changed.
        """
        _require(person, Role.ANALYST)
        silence, now = self.find_silence(silence_id), self.clock()
        amended = amend(silence, request, person, now)
        if amended is not None:
            return self._keep(amended, f"changed by {person.name}", now)
        replacing = self.add_silence(person, request)
        if find_state(silence, now) is not SilenceState.EXPIRED:
            ended = expire_silence(silence, person, now)
            self._keep(ended, f"replaced by {replacing.id}, ended by {person.name}", now)
        return replacing

    def approve_silence(self, person: Person, silence_id: str) -> Silence:
        """The silence hides critical alerts too, as a second person agrees."""
        _require(person, Role.ANALYST)
        silence, now = self.find_silence(silence_id), self.clock()
        approved = approve_silence(silence, person, now)
        return self._keep(approved, f"approved by {person.name}", now)

    def expire_silence(self, person: Person, silence_id: str) -> Silence:
        """The silence has ended: what it hides and still fires is notified now."""
        _require(person, Role.ANALYST)
        silence, now = self.find_silence(silence_id), self.clock()
        ended = expire_silence(silence, person, now)
        return self._keep(ended, f"ended by {person.name}", now)

    def find_alert(self, alert_id: str) -> Alert:
        """The alert in its newest revision.

        Raises NoSuchThing.
        """
        archived = self.archive.find(alert_id)
        if archived is None:
            raise NoSuchThing("", f"no alert {alert_id!r}: ended ones are kept for 30 days")
        return archived.alert

    def find_silence(self, silence_id: str) -> Silence:
        """The silence.

        Raises NoSuchThing.
        """
        [silence] = self.silences.find([silence_id])
        if silence is None:
            raise NoSuchThing("", f"no silence {silence_id!r}: expired ones are kept for 30 days")
        return silence

    def _keep(self, silence: Silence, what: str, now: datetime) -> Silence:
        self.silences.put(silence, _encode(write_silence_line(silence, what, now)))
        return silence

    def _require_room(self, now: datetime) -> None:
        if len(self.silences.list_needed(now)) >= MOST_SILENCES:
            message = f"{MOST_SILENCES} silences are in force: end those that nobody needs"
            raise InvalidAct("", message)

    def _list_all(self) -> Iterator[AlertSummary]:
        """Every alert that is kept, the newest first."""
        before: int | None = None
        while page := self.archive.list_page(Status, before, PAGE):
            yield from (listed.summary for listed in page)
            before = page[-1].place


def _encode(line: LedgerLine) -> list[OutboxRecord]:
    return [encode_act_line(line)]


def _require(person: Person, role: Role) -> None:
    if not person.may_act_as(role):
        raise NotAllowed("", f"{person.name} is a {person.role}; this needs the role {role}")
