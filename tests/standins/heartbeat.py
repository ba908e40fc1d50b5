"""A heartbeat service that counts the calls it gets: what is not called any more tells people."""

from tests.standins.server import Call, Json, StandIn, StandInAnswer


class HeartbeatStandIn(StandIn):
    """Takes every call."""

    def act(self, call: Call) -> StandInAnswer:  # noqa: ARG002  (all calls are the same to it)
        """Answer that it was heard."""
        return StandInAnswer(200, {"ok": True})

    def state(self) -> Json:
        """How many calls came."""
        return {"calls": len(self.calls)}

    def forget(self) -> None:
        """Nothing but the calls is kept."""
