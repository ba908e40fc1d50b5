"""A service without an API of its own, on loopback: whatever is posted to it is a message."""

from tests.standins.server import Call, Json, StandIn, StandInAnswer

INBOX = "inbox"


class InboxStandIn(StandIn):
    """Keeps each message; knows no repeats."""

    def __init__(self, port: int = 0) -> None:
        super().__init__(port)
        self.messages: list[Json] = []

    def act(self, call: Call) -> StandInAnswer:
        with self.lock:
            self.messages.append(call.body)
        return StandInAnswer(200, {})

    def state(self) -> Json:
        return {"messages": list(self.messages)}

    def forget(self) -> None:
        self.messages.clear()
