"""The endpoints of the Common Alerting Protocol: an index of messages, and each message."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from schemas.alert import Status
from services.notifier.adapters.api.complete_log import require_complete
from services.notifier.adapters.api.documents import CapQuery
from services.notifier.adapters.api.endpoint import Call, Endpoint, XmlAnswer
from services.notifier.adapters.api.rate_limit import PAGE
from services.notifier.domain.cap.feed import CAP_TYPE, build_feed
from services.notifier.domain.cap.identifiers import read_identifier, write_identifier
from services.notifier.domain.cap.message import build_cap
from services.notifier.domain.watch.alert_board import AlertBoard, AlertFilter, BoardPage
from services.notifier.domain.watch.alert_summary import AlertSummary
from services.notifier.domain.watch.refusals import NoSuchThing
from services.notifier.domain.watch.silences.lifecycle import parse_filter

INDEX = "/v1/cap"
ONE = "/v1/cap/{id}"
ATOM_TYPE = "application/atom+xml"
FIRING = (Status.FIRING,)
ENDED = (Status.RESOLVED, Status.WITHDRAWN)
KEPT_ENDED = timedelta(days=1)
"""How long an end is in the index: whoever asks daily sees each."""


@dataclass(frozen=True, slots=True)
class CapEndpoints:
    """Handlers over what the notifiers keep; each raises LogLost while that is not complete."""

    board: AlertBoard
    sender: str
    clock: Callable[[], datetime]

    def list_endpoints(self) -> Sequence[Endpoint]:
        """All of them."""
        return (
            Endpoint(
                "GET",
                INDEX,
                "Current alerts as a feed of CAP messages",
                self.list_messages,
                None,
                query=CapQuery,
                units=PAGE,
                media_type=ATOM_TYPE,
            ),
            Endpoint("GET", ONE, "One CAP message", self.show, None, media_type=CAP_TYPE),
        )

    def list_messages(self, call: Call) -> XmlAnswer:
        """A page of what fires; on the first one also what ended a short while ago."""
        require_complete(self.board.log)
        query: CapQuery = call.query
        before = None if query.cursor is None else int(query.cursor)
        firing = self._list(query, FIRING, before)
        ended = self._list(query, ENDED, None).items if before is None else ()
        shown = [item.summary for item in (*firing.items, *ended) if self._is_shown(item.summary)]
        following = list(_write_query(query, firing.next_place))
        return XmlAnswer(build_feed(shown, self.sender, following))

    def show(self, call: Call) -> XmlAnswer:
        """The newest message of an alert, by its identifier."""
        require_complete(self.board.log)
        identifier = call.path["id"]
        archived = self.board.archive.find(read_identifier(identifier))
        if archived is None:
            raise NoSuchThing("", f"no message {identifier!r}: {INDEX} has the current ones")
        newest = write_identifier(archived.alert.id, archived.alert.revision)
        if newest != identifier:
            raise NoSuchThing("", f"of an alert only its newest message is kept: {newest}")
        return XmlAnswer(build_cap(archived, self.sender))

    def _list(self, query: CapQuery, statuses: tuple[Status, ...], before: int | None) -> BoardPage:
        wanted = AlertFilter(parse_filter(query.filter), statuses, silenced=query.silenced)
        return self.board.list_alerts(wanted, before, query.limit)

    def _is_shown(self, summary: AlertSummary) -> bool:
        """Not of history, nor what a storm stands for; of ends those of messages, for a day."""
        if summary.in_storm or "true" in summary.labels["backfill"]:
            return False
        is_recent = self.clock() - summary.updated_at <= KEPT_ENDED
        return summary.status is Status.FIRING or (is_recent and bool(summary.earlier))


def _write_query(query: CapQuery, place: int | None) -> Iterator[tuple[str, str]]:
    if place is None:
        return
    yield from (("filter", line) for line in query.filter)
    if query.silenced:
        yield "silenced", "true"
    yield "limit", str(query.limit)
    yield "cursor", str(place)
