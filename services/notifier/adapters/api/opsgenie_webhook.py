"""Opsgenie's webhook: actions on alerts. It signs nothing, so a header has the secret."""

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Annotated

from pydantic import Field, SecretStr, StringConstraints
from starlette.datastructures import Headers

from schemas.model import Model
from services.notifier.domain.routing.receiver_names import OPSGENIE
from services.notifier.domain.watch.pager_events import PagerAct, PagerEvent, PagerUser
from services.refused_request import RefusedRequest

PATH = "/opsgenie/webhook"
HEADER = "authorization"
SCHEME = "bearer"
ACTS = {
    "Acknowledge": PagerAct.ACKNOWLEDGED,
    "UnAcknowledge": PagerAct.UNACKNOWLEDGED,
    "Close": PagerAct.RESOLVED,
}
MACHINES = frozenset({"api", "system"})
"""Sources of acts that no person did: our own requests come back as `api`."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = 4 * 10**18
NANOSECONDS_FROM = 10**17
"""Times are in nanoseconds, older ones in milliseconds."""
Word = Annotated[str, StringConstraints(max_length=512)]


class _Source(Model):
    type: Word = ""


class _Alert(Model):
    alias: Word = ""
    updatedAt: Annotated[int, Field(ge=0, le=LATEST)]  # noqa: N815  (Opsgenie's name)
    userId: Word = ""  # noqa: N815  (Opsgenie's name)
    username: Word = ""


class _OpsgenieAction(Model):
    action: Word


class _ActionOnAlert(_OpsgenieAction):
    source: _Source = _Source()
    alert: _Alert


@dataclass(frozen=True, slots=True)
class OpsgenieDialect:
    """Implements PagerDialect: what has `Authorization: Bearer` and the secret."""

    secret: SecretStr

    def admit(self, headers: Headers) -> None:
        """Refuse what has not the secret, before its body is read."""
        scheme, _, token = headers.get(HEADER, "").partition(" ")
        expected = self.secret.get_secret_value().encode()
        is_ours = hmac.compare_digest(token.strip().encode(errors="replace"), expected)
        if scheme.lower() != SCHEME or not is_ours:
            message = f"the header {HEADER} is not Bearer and VEDETTE_OPSGENIE_WEBHOOK_SECRET"
            raise RefusedRequest(HTTPStatus.UNAUTHORIZED, message)

    def verify(self, headers: Headers, body: bytes) -> None:
        """Nothing: Opsgenie signs no body."""

    def read(self, document: object) -> PagerEvent | None:
        """The act on an alert."""
        if _OpsgenieAction.model_validate(document).action not in ACTS:
            return None
        act = _ActionOnAlert.model_validate(document)
        if not act.alert.alias:
            return None
        return PagerEvent(
            OPSGENIE,
            ACTS[act.action],
            act.alert.alias,
            _read_time(act.alert.updatedAt),
            _find_user(act),
        )


def _read_time(written: int) -> datetime:
    microseconds = written / 1000 if written >= NANOSECONDS_FROM else written * 1000
    return EPOCH + timedelta(microseconds=microseconds)


def _find_user(act: _ActionOnAlert) -> PagerUser | None:
    """Who did it; None: a machine, such as our own request, or a policy."""
    user, name = act.alert.userId, act.alert.username
    if act.source.type.lower() in MACHINES or not user or name.lower() in MACHINES:
        return None
    return PagerUser(user, name)
