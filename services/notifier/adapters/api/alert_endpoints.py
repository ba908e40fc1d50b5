"""The endpoints about alerts, and what people do with them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from schemas.acknowledgement import Acknowledgement
from services.notifier.adapters.api.answers import (
    AcknowledgedItem,
    AlertGroups,
    AlertList,
    AlertStory,
    InHandList,
    LabelGroup,
    RuleList,
    VerdictList,
)
from services.notifier.adapters.api.complete_log import require_complete
from services.notifier.adapters.api.describe import (
    describe_dossier,
    describe_item,
    describe_rule,
)
from services.notifier.adapters.api.documents import (
    AcknowledgementBody,
    AlertQuery,
    GroupQuery,
    RecentQuery,
    VerdictBody,
)
from services.notifier.adapters.api.endpoint import Call, Endpoint
from services.notifier.adapters.api.rate_limit import PAGE, SCAN
from services.notifier.domain.routing.labels import refuse_label
from services.notifier.domain.watch.acknowledgements import AcknowledgementRequest
from services.notifier.domain.watch.alert_board import AlertBoard, AlertFilter
from services.notifier.domain.watch.floor import WatchFloor
from services.notifier.domain.watch.people import Role
from services.notifier.domain.watch.refusals import InvalidAct
from services.notifier.domain.watch.silences.lifecycle import parse_filter
from services.notifier.domain.watch.verdicts import GivenOpinion

ALERT = "/v1/alerts/{id}"


@dataclass(frozen=True, slots=True)
class AlertEndpoints:
    """Handlers over what the notifiers keep; each raises LogLost while that is not complete."""

    board: AlertBoard
    floor: WatchFloor
    clock: Callable[[], datetime]

    def list_endpoints(self) -> Sequence[Endpoint]:
        """All of them."""
        return (*self._list_readers(), *self._list_acts(), *self._list_overviews())

    def _list_readers(self) -> Sequence[Endpoint]:
        return (
            Endpoint(
                "GET",
                "/v1/alerts",
                "List alerts",
                self.list_alerts,
                AlertList,
                query=AlertQuery,
                units=PAGE,
            ),
            Endpoint("GET", ALERT, "One alert with its history", self.show_alert, AlertStory),
            Endpoint(
                "GET",
                "/v1/groups",
                "Firing alerts in groups",
                self.list_groups,
                AlertGroups,
                query=GroupQuery,
                units=PAGE,
            ),
        )

    def _list_acts(self) -> Sequence[Endpoint]:
        acts = f"{ALERT}/acknowledgement"
        return (
            Endpoint(
                "PUT",
                acts,
                "Acknowledge an alert",
                self.acknowledge,
                AcknowledgedItem,
                Role.ANALYST,
                body=AcknowledgementBody,
            ),
            Endpoint(
                "DELETE",
                acts,
                "Take an acknowledgement back",
                self.take_back,
                AcknowledgedItem,
                Role.ANALYST,
            ),
            Endpoint(
                "PUT",
                f"{ALERT}/verdict",
                "Judge an alert",
                self.judge,
                VerdictList,
                Role.ANALYST,
                body=VerdictBody,
            ),
        )

    def _list_overviews(self) -> Sequence[Endpoint]:
        return (
            Endpoint(
                "GET",
                "/v1/acknowledgements",
                "Who has what in hand",
                self.list_in_hand,
                InHandList,
            ),
            Endpoint(
                "GET",
                "/v1/verdicts",
                "The newest verdicts",
                self.list_verdicts,
                VerdictList,
                query=RecentQuery,
                units=PAGE,
            ),
            Endpoint(
                "GET",
                "/v1/rules",
                "What each rule did",
                self.list_rules,
                RuleList,
                query=RecentQuery,
                units=SCAN,
            ),
        )

    def list_alerts(self, call: Call) -> AlertList:
        """A page of alerts."""
        require_complete(self.board.log)
        query: AlertQuery = call.query
        wanted = AlertFilter(
            parse_filter(query.filter), query.status, query.acknowledged, query.silenced
        )
        before = None if query.cursor is None else int(query.cursor)
        page = self.board.list_alerts(wanted, before, query.limit)
        cursor = None if page.next_place is None else str(page.next_place)
        return AlertList(alerts=tuple(map(describe_item, page.items)), cursor=cursor)

    def show_alert(self, call: Call) -> AlertStory:
        """One alert."""
        require_complete(self.board.log)
        return describe_dossier(self.board.show_alert(call.path["id"]))

    def list_groups(self, call: Call) -> AlertGroups:
        """Firing alerts by labels."""
        require_complete(self.board.log)
        query: GroupQuery = call.query
        try:
            for label in query.by:
                refuse_label(label)
        except ValueError as error:
            raise InvalidAct("by", str(error)) from None
        groups = self.board.group_firing(parse_filter(query.filter), query.by)
        return AlertGroups(
            groups=tuple(
                LabelGroup(
                    labels=dict(zip(query.by, values, strict=True)),
                    alerts=tuple(map(describe_item, items)),
                )
                for values, items in groups.items()
            )
        )

    def acknowledge(self, call: Call) -> AcknowledgedItem:
        """The alert is in the caller's hands."""
        body: AcknowledgementBody = call.body
        request = AcknowledgementRequest(body.find_end(self.clock()), body.comment)
        with body.naming_end():
            return _describe(self.floor.acknowledge(call.person, call.path["id"], request))

    def take_back(self, call: Call) -> AcknowledgedItem:
        """The alert is in nobody's hands."""
        return _describe(self.floor.take_back(call.person, call.path["id"]))

    def judge(self, call: Call) -> VerdictList:
        """The verdict that the alert has now."""
        body: VerdictBody = call.body
        given = GivenOpinion(call.person, body.verdict, body.comment)
        return VerdictList(verdicts=(self.floor.judge(call.path["id"], given),))

    def list_in_hand(self, call: Call) -> InHandList:
        """Acknowledgements, those that end first before the others."""
        del call
        require_complete(self.board.log)
        known = self.board.acknowledgements.list_needed(self.clock())
        return InHandList(
            acknowledgements=tuple(map(_describe, sorted(known, key=lambda each: each.ends_at)))
        )

    def list_verdicts(self, call: Call) -> VerdictList:
        """The newest verdicts."""
        require_complete(self.board.log)
        query: RecentQuery = call.query
        recent = self.board.list_verdicts(query.days)
        return VerdictList(verdicts=tuple(islice(recent, query.limit)))

    def list_rules(self, call: Call) -> RuleList:
        """Rules with their counts."""
        require_complete(self.board.log)
        query: RecentQuery = call.query
        records = self.board.count_rules(query.days)
        return RuleList(rules=tuple(map(describe_rule, records[: query.limit])))


def _describe(known: Acknowledgement) -> AcknowledgedItem:
    return AcknowledgedItem.model_validate(known, from_attributes=True)
