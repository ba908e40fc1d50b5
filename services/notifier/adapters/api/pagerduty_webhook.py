"""PagerDuty's webhook v3: events that PagerDuty signs."""

import hashlib
import hmac
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Any

from pydantic import Field, SecretStr, StringConstraints
from starlette.datastructures import Headers

from schemas.model import Instant, Model
from services.notifier.domain.routing.receiver_names import PAGER
from services.notifier.domain.watch.pager_events import PagerAct, PagerEvent, PagerUser
from services.refused_request import RefusedRequest

PATH = "/pagerduty/webhook"
SIGNATURE = "x-pagerduty-signature"
USERS = frozenset({"user", "user_reference"})
ACTS = {f"incident.{act}": act for act in PagerAct}
Word = Annotated[str, StringConstraints(max_length=255)]


class _Agent(Model):
    id: Word
    type: Word
    summary: Word | None = None


class _Incident(Model):
    incident_key: Word | None = None


class _Event(Model):
    event_type: Word
    occurred_at: Instant
    agent: _Agent | None = None
    data: _Incident


class _Envelope(Model):
    event: Annotated[dict[str, Any], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class PagerDutyDialect:
    """Implements PagerDialect: what PagerDuty signs with the secret."""

    secret: SecretStr

    def admit(self, headers: Headers) -> None:
        """Refuse what has no signature."""
        if not _list_signatures(headers):
            raise RefusedRequest(HTTPStatus.UNAUTHORIZED, f"the header {SIGNATURE} is needed")

    def verify(self, headers: Headers, body: bytes) -> None:
        """Refuse what has another signature."""
        if not is_signed(self.secret.get_secret_value(), body, _list_signatures(headers)):
            message = f"{SIGNATURE} is not by VEDETTE_PAGERDUTY_WEBHOOK_SECRET"
            raise RefusedRequest(HTTPStatus.UNAUTHORIZED, message)

    def read(self, document: object) -> PagerEvent | None:
        """The act on an incident."""
        event = _Envelope.model_validate(document).event
        if isinstance(event.get("event_type"), str) and event["event_type"] not in ACTS:
            return None
        return _build_event(_Event.model_validate(event))


def is_signed(secret: str, body: bytes, signatures: str) -> bool:
    """Whether one of the signatures (`v1=…,v1=…`) is by the secret; all are compared."""
    expected = f"v1={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}".encode()
    given = [each.strip().encode(errors="replace") for each in signatures.split(",")]
    return sum(hmac.compare_digest(expected, each) for each in given) > 0


def _list_signatures(headers: Headers) -> str:
    return ",".join(headers.getlist(SIGNATURE))


def _build_event(event: _Event) -> PagerEvent | None:
    key, agent = event.data.incident_key, event.agent
    if key is None:
        return None
    is_person = agent is not None and agent.type in USERS
    user = PagerUser(agent.id, agent.summary or "") if agent and is_person else None
    return PagerEvent(PAGER, ACTS[event.event_type], key, event.occurred_at, user)
