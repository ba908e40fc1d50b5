"""People and silences as these tests need them."""

from datetime import timedelta
from typing import Any

from schemas.silence import Silence
from services.notifier.domain.watch.people import Person, Role
from services.notifier.domain.watch.silences.lifecycle import SilenceRequest
from tests.notifier.alerts import NOON

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
ALICE = Person("alice", Role.ANALYST, frozenset({"slack:U1"}))
BOB = Person("bob", Role.ANALYST)
CHIEF = Person("chief", Role.ADMIN)
VISITOR = Person("visitor", Role.VIEWER)
HIGH = 'level="high"'


def silence(**changes: Any) -> Silence:
    """Alice's silence of high alerts for an hour from noon on."""
    fields: dict[str, Any] = {
        "id": "s1",
        "serial": 1,
        "matchers": (HIGH,),
        "owner": "alice",
        "reason": "maintenance",
        "created_at": NOON,
        "starts_at": NOON,
        "ends_at": NOON + HOUR,
    }
    return Silence.model_validate(fields | changes)


def request(**changes: Any) -> SilenceRequest:
    """The request for such a silence."""
    fields: dict[str, Any] = {
        "matchers": [HIGH],
        "reason": "maintenance",
        "ends_at": NOON + HOUR,
    }
    return SilenceRequest(**(fields | changes))
