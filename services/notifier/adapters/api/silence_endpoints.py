"""The endpoints about silences."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from schemas.silence import Silence
from services.notifier.adapters.api.answers import PreviewAnswer, SilenceItem, SilenceList
from services.notifier.adapters.api.complete_log import require_complete
from services.notifier.adapters.api.describe import describe_preview, describe_silence
from services.notifier.adapters.api.documents import MatchersBody, SilenceBody, SilenceQuery
from services.notifier.adapters.api.endpoint import Call, Endpoint
from services.notifier.adapters.api.rate_limit import SCAN
from services.notifier.domain.watch.floor import WatchFloor
from services.notifier.domain.watch.people import Role
from services.notifier.domain.watch.ports import LogReader
from services.notifier.domain.watch.refusals import InvalidAct
from services.notifier.domain.watch.silences.lifecycle import (
    SilenceRequest,
    SilenceState,
    find_state,
)

ALL = "/v1/silences"
ONE = "/v1/silences/{id}"
KEPT_EXPIRED = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class SilenceEndpoints:
    """Handlers over the silences that the notifiers keep."""

    floor: WatchFloor
    log: LogReader
    clock: Callable[[], datetime]

    def list_endpoints(self) -> Sequence[Endpoint]:
        """All of them."""
        return (*self._list_readers(), *self._list_acts())

    def _list_readers(self) -> Sequence[Endpoint]:
        return (
            Endpoint(
                "GET",
                ALL,
                "List silences",
                self.list_silences,
                SilenceList,
                query=SilenceQuery,
            ),
            Endpoint(
                "POST",
                f"{ALL}/preview",
                "What a silence would hide",
                self.preview,
                PreviewAnswer,
                body=MatchersBody,
                units=SCAN,
            ),
            Endpoint("GET", ONE, "One silence", self.show, SilenceItem),
        )

    def _list_acts(self) -> Sequence[Endpoint]:
        act = Role.ANALYST
        return (
            Endpoint(
                "POST",
                ALL,
                "Make a silence",
                self.add,
                SilenceItem,
                act,
                body=SilenceBody,
                status=HTTPStatus.CREATED,
            ),
            Endpoint(
                "PUT", ONE, "Change a silence", self.amend, SilenceItem, act, body=SilenceBody
            ),
            Endpoint("DELETE", ONE, "End a silence", self.expire, SilenceItem, act),
            Endpoint(
                "POST",
                f"{ONE}/approval",
                "Agree as a second person that it hides critical alerts",
                self.approve,
                SilenceItem,
                act,
            ),
        )

    def list_silences(self, call: Call) -> SilenceList:
        """Those in the states that are asked for."""
        require_complete(self.log)
        states, now = call.query.state, self.clock()
        since = now - KEPT_EXPIRED if SilenceState.EXPIRED in states else now
        known = sorted(self.floor.silences.list_needed(since), key=lambda each: each.ends_at)
        wanted = [silence for silence in known if find_state(silence, now) in states]
        return SilenceList(silences=tuple(map(self._describe, wanted)))

    def show(self, call: Call) -> SilenceItem:
        """One silence."""
        return self._describe(self.floor.find_silence(call.path["id"]))

    def preview(self, call: Call) -> PreviewAnswer:
        """What a silence would hide."""
        require_complete(self.log)
        return describe_preview(self.floor.preview(call.body.matchers))

    def add(self, call: Call) -> SilenceItem:
        """A new silence of the caller's."""
        body: SilenceBody = call.body
        with body.naming_end():
            return self._describe(self.floor.add_silence(call.person, self._read(body)))

    def amend(self, call: Call) -> SilenceItem:
        """The silence, or the new one in its place."""
        body: SilenceBody = call.body
        with body.naming_end():
            request = self._read(body)
            return self._describe(self.floor.amend_silence(call.person, call.path["id"], request))

    def expire(self, call: Call) -> SilenceItem:
        """The silence that has ended."""
        return self._describe(self.floor.expire_silence(call.person, call.path["id"]))

    def approve(self, call: Call) -> SilenceItem:
        """The silence that hides critical alerts too."""
        return self._describe(self.floor.approve_silence(call.person, call.path["id"]))

    def _read(self, body: SilenceBody) -> SilenceRequest:
        ends_at = body.find_end(body.starts_at or self.clock())
        if ends_at is None:
            raise InvalidAct("ends_at", "is missing: write ends_at, or a duration such as 2h")
        return SilenceRequest(body.matchers, body.reason, ends_at, body.starts_at)

    def _describe(self, silence: Silence) -> SilenceItem:
        return describe_silence(silence, self.clock())
