"""The topics after a run: is every accepted report there, is everything consumed."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from schemas.topics import ALERTS, DEAD_LETTERS, EVENTS, LEDGER, SIGNALS
from tests.chaos.oracle import AlertKey
from tests.chaos.site import GROUP, NOTIFIER_GROUP, PREFIX
from tests.parts.topics import TopicMessage, lag, read_all

# ticks go on, and commits come every few seconds
MAX_UNCOMMITTED = 60
READ_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class TopicContents:
    """The topics by name, read once."""

    read: dict[str, Sequence[TopicMessage]]

    @classmethod
    def of(cls, bootstrap: str) -> "TopicContents":
        """All messages in them now."""
        names = (EVENTS, SIGNALS, ALERTS, LEDGER, DEAD_LETTERS)
        return cls({name: read_all(bootstrap, PREFIX + name, READ_SECONDS) for name in names})

    def identities(self) -> set[str]:
        """The ids of all reports in the events topic."""
        return {
            body["id"]
            for message in self.read[EVENTS]
            for body in _bodies(message)
            if isinstance(body, dict) and "id" in body
        }

    def dead_letters(self) -> list[str]:
        """Origin and reason of each dead letter."""
        return [
            ": ".join(letter.headers.get(name, b"?").decode() for name in ("where", "reason"))
            for letter in self.read[DEAD_LETTERS]
        ]

    def trace(self, key: AlertKey, identities: Sequence[str]) -> Iterator[str]:
        """Where one alert appears: its reports, signals, revisions and ledger lines."""
        yield f"{key.rule} {key.place}:"
        for name in (EVENTS, SIGNALS):
            for identity in identities:
                seen = [message for message in self.read[name] if identity in _text(message)]
                places = ", ".join(f"{at.partition}@{at.offset} {at.at:.3f}" for at in seen)
                yield f"  {name}: {identity} at {places or 'no offset'}"
        ids = set()
        for message in self.read[ALERTS]:
            if f"chaos/{key.rule}/{key.place}/" in _text(message):
                alert = json.loads(message.value or b"{}")
                ids.add(alert["id"])
                revision = f"{alert['id']} revision {alert['revision']} {alert['status']}"
                yield f"  {ALERTS}: {revision} at {message.at:.3f}"
        for line in self.read[LEDGER]:
            body = json.loads(line.value or b"{}")
            if body.get("alert") in ids:
                act = f"{body['act']} revision {body['revision']} at {body['receiver']}"
                yield f"  {LEDGER}: {act}: {body['reason']} at {line.at:.3f}"


def count_uncommitted(bootstrap: str) -> dict[str, int]:
    """Messages that a group has not committed, by topic and partition, where they are many."""
    groups = ((GROUP, EVENTS), (GROUP, SIGNALS), (NOTIFIER_GROUP, ALERTS))
    uncommitted = {
        f"{group} {name} {partition}": count
        for group, name in groups
        for partition, count in lag(bootstrap, group, PREFIX + name).items()
    }
    return {name: count for name, count in uncommitted.items() if count > MAX_UNCOMMITTED}


def _bodies(message: TopicMessage) -> Sequence[object]:
    body = json.loads(message.value or b"null")
    return body if isinstance(body, list) else [body]


def _text(message: TopicMessage) -> str:
    return (message.value or b"").decode("utf-8", "replace")
