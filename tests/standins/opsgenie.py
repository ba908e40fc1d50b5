"""Opsgenie's Alert API on loopback: requests in, alerts by alias out."""

from dataclasses import dataclass, replace
from urllib.parse import unquote

from tests.standins.server import Call, Json, StandIn, StandInAnswer

ALERTS = "v2/alerts"
LIMITS = {"message": 130, "description": 15_000, "alias": 512, "entity": 512, "note": 25_000}
LONGEST_TAG = 50
STATUSES = {"close": "closed", "acknowledge": "acknowledged", "unacknowledge": "open"}


@dataclass(frozen=True, slots=True)
class OpsgenieAlert:
    """One alert: opening it wakes somebody, another request of the same alias does not."""

    alias: str
    status: str
    priority: str
    requests: tuple[Json, ...]


class OpsgenieStandIn(StandIn):
    """Takes requests with the key, each for later, as Opsgenie does."""

    def __init__(self, key: str, port: int = 0) -> None:
        super().__init__(port)
        self.alerts: list[OpsgenieAlert] = []
        self._key = key

    def act(self, call: Call) -> StandInAnswer:
        if call.headers.get("Authorization") != f"GenieKey {self._key}":
            return StandInAnswer(401, {"message": "Could not authenticate"})
        if any(len(str(call.body.get(name, ""))) > most for name, most in LIMITS.items()):
            return StandInAnswer(422, {"message": "Request body is not processable."})
        if any(len(tag) > LONGEST_TAG for tag in call.body.get("tags", [])):
            return StandInAnswer(422, {"message": "Request body is not processable."})
        with self.lock:
            self._take(call)
        done = {"result": "Request will be processed", "took": 0.1, "requestId": "r1"}
        return StandInAnswer(202, done)

    def state(self) -> Json:
        return {"alerts": [alert.alias for alert in self.alerts]}

    def forget(self) -> None:
        self.alerts.clear()

    def close_alert(self, alias: str) -> None:
        """As somebody does who is on call."""
        with self.lock:
            self.alerts = [
                replace(each, status="closed") if each.alias == alias else each
                for each in self.alerts
            ]

    def _take(self, call: Call) -> None:
        about, _, act = call.name.removeprefix(f"{ALERTS}/").rpartition("/")
        alias = call.body["alias"] if call.name == ALERTS else unquote(about)
        opened = [
            index
            for index, alert in enumerate(self.alerts)
            if alert.alias == alias and alert.status != "closed"
        ]
        for index in opened:
            alert = self.alerts[index]
            status = STATUSES.get(act, alert.status)
            priority = call.body["priority"] if act == "priority" else alert.priority
            requests = (*alert.requests, call.body)
            self.alerts[index] = OpsgenieAlert(alias, status, priority, requests)
        if not opened and call.name == ALERTS:
            priority = call.body["priority"]
            self.alerts.append(OpsgenieAlert(alias, "open", priority, (call.body,)))
