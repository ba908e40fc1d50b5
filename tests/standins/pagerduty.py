"""PagerDuty's Events API v2 on loopback: events in, incidents by `dedup_key` out.

In a test: `with PagerDutyStandIn() as pager: … pager.incidents`. By itself, for another process:
`python -m tests.standins.pagerduty --port 8091`.
"""

import time
import uuid
from dataclasses import asdict, dataclass, replace

from tests.standins.faults import ScriptedFault
from tests.standins.main import serve
from tests.standins.server import Call, Json, StandIn, StandInAnswer

ACTIONS = ("trigger", "acknowledge", "resolve")
SEVERITIES = ("critical", "error", "warning", "info")
LONGEST_SUMMARY = 1024
ENQUEUE = "v2/enqueue"


@dataclass(frozen=True, slots=True)
class Incident:
    """One incident: opening it wakes somebody, later triggers of the same key do not."""

    dedup_key: str
    status: str
    opened_at: float
    events: tuple[Json, ...]

    @property
    def severity(self) -> str:
        """Of the last trigger."""
        triggers = [event for event in self.events if event["event_action"] == "trigger"]
        severity: str = triggers[-1]["payload"]["severity"]
        return severity


class PagerDutyStandIn(StandIn):
    """Records every event taken and every incident opened."""

    def __init__(self, port: int = 0, routing_keys: frozenset[str] | None = None) -> None:
        super().__init__(port)
        self.events: list[Json] = []
        self.incidents: list[Incident] = []
        self._keys = routing_keys

    def act(self, call: Call) -> StandInAnswer:
        if call.name != ENQUEUE:
            return StandInAnswer(404, {"status": "not found"})
        faults = self._faults(call.body)
        if faults:
            body = {"status": "invalid event", "message": "Event object is invalid"}
            return StandInAnswer(400, {**body, "errors": faults})
        event = call.body | {"dedup_key": call.body.get("dedup_key") or uuid.uuid4().hex}
        with self.lock:
            self.events.append(event)
            self._take(event)
        done = {"status": "success", "message": "Event processed"}
        return StandInAnswer(202, {**done, "dedup_key": event["dedup_key"]})

    def refusal(self, fault: ScriptedFault) -> StandInAnswer:
        answer = super().refusal(fault)
        return replace(answer, body={"status": "throttle exceeded", "errors": [fault.error]})

    def state(self) -> Json:
        with self.lock:
            return {
                "events": list(self.events),
                "incidents": [asdict(incident) for incident in self.incidents],
                "calls": [call.describe() for call in self.calls],
            }

    def forget(self) -> None:
        self.events.clear()
        self.incidents.clear()

    def of(self, dedup_key: str) -> list[Incident]:
        """The incidents opened under one key."""
        with self.lock:
            return [incident for incident in self.incidents if incident.dedup_key == dedup_key]

    def _take(self, event: Json) -> None:
        index = self._find_open(event["dedup_key"])
        if index is not None:
            self.incidents[index] = _apply_event(self.incidents[index], event)
        elif event["event_action"] == "trigger":
            opened = Incident(event["dedup_key"], "triggered", time.time(), (event,))
            self.incidents.append(opened)

    def _find_open(self, key: str) -> int | None:
        for index, incident in enumerate(self.incidents):
            if incident.dedup_key == key and incident.status != "resolved":
                return index
        return None

    def _faults(self, event: Json) -> list[str]:
        faults = []
        if not event.get("routing_key") or self._is_unknown(event["routing_key"]):
            faults.append("'routing_key' is invalid")
        if event.get("event_action") not in ACTIONS:
            faults.append("'event_action' is invalid")
        if event.get("event_action") == "trigger":
            return faults + _payload_faults(event.get("payload") or {})
        return faults if event.get("dedup_key") else [*faults, "'dedup_key' is missing"]

    def _is_unknown(self, key: str) -> bool:
        return self._keys is not None and key not in self._keys


def _apply_event(incident: Incident, event: Json) -> Incident:
    moves = {"resolve": "resolved", "acknowledge": "acknowledged"}
    status = moves.get(event["event_action"], incident.status)
    return replace(incident, status=status, events=(*incident.events, event))


def _payload_faults(payload: Json) -> list[str]:
    faults = [
        f"'payload.{name}' is missing" for name in ("summary", "source") if not payload.get(name)
    ]
    if len(payload.get("summary") or "") > LONGEST_SUMMARY:
        faults.append("'payload.summary' is too long")
    if payload.get("severity") not in SEVERITIES:
        faults.append("'payload.severity' is invalid")
    return faults


if __name__ == "__main__":
    serve(PagerDutyStandIn)
