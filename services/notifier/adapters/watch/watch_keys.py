"""The names of the keys in Redis of alerts, of what people do, and of the history of both."""

from dataclasses import dataclass

from services.notifier.adapters.keys import Keys


@dataclass(frozen=True, slots=True)
class WatchKeys:
    """Beside the names of the notification log, and in the same slot of a Redis Cluster."""

    log: Keys

    @property
    def firing(self) -> str:
        """A sorted set: ids of alerts that fire, by their place."""
        return f"{self.log.root}:alerts:firing"

    @property
    def ended(self) -> str:
        """A sorted set: ids of ended alerts, by their place."""
        return f"{self.log.root}:alerts:ended"

    @property
    def places(self) -> str:
        """A number: the last place that was given."""
        return f"{self.log.root}:alerts:places"

    def alert(self, alert: str = "") -> str:
        """A hash: the newest revision of an alert, its bytes, summary and place."""
        return f"{self.log.root}:alert:{alert}"

    def history(self, about: str) -> str:
        """A list: ledger lines about an alert or a silence."""
        return f"{self.log.root}:history:{about}"

    def record(self, kind: str, identity: str) -> str:
        """JSON: a silence, an acknowledgement or a verdict."""
        return f"{self.log.root}:{kind}:{identity}"

    def press(self, identity: str) -> str:
        """Set while a press of a button in Slack is remembered."""
        return f"{self.log.root}:press:{identity}"

    def ends(self, kind: str) -> str:
        """A sorted set: ids of the records of a kind, by the time when their effect ends."""
        return f"{self.log.root}:{kind}-ends"

    def version(self, kind: str) -> str:
        """A number that grows with every change of a record of the kind."""
        return f"{self.log.root}:{kind}-version"
