"""A heartbeat service that counts its calls; a real one pages people when they stop."""

from tests.standins.server import Call, Json, StandIn, StandInAnswer


class HeartbeatStandIn(StandIn):
    """Takes every call."""

    def act(self, call: Call) -> StandInAnswer:  # noqa: ARG002  (all calls are alike)
        """Answer 200."""
        return StandInAnswer(200, {"ok": True})

    def state(self) -> Json:
        """The number of calls."""
        return {"calls": len(self.calls)}

    def forget(self) -> None:
        """Only the calls are kept."""
