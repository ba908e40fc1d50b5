"""What stands in the topics after a run: is every accepted report there, is all of it read."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from schemas.topics import ALERTS, DEAD_LETTERS, EVENTS, LEDGER, SIGNALS
from tests.chaos.oracle import AlertKey
from tests.chaos.site import GROUP, NOTIFIER_GROUP, PREFIX
from tests.parts.topics import TopicMessage, lag, read_all

# ticks never cease, and a commit comes only now and then
MOST_LEFT = 60
READ_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Topics:
    """The topics by name, read once."""

    read: dict[str, Sequence[TopicMessage]]

    @classmethod
    def of(cls, bootstrap: str) -> "Topics":
        """All that stands in them now."""
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
        """Where from and why, of each."""
        return [
            f"{one.headers.get('where', b'?').decode()}: {one.headers.get('reason', b'?').decode()}"
            for one in self.read[DEAD_LETTERS]
        ]

    def story(self, mark: AlertKey, identities: Sequence[str]) -> Iterator[str]:
        """Where one alert was seen: its reports, its signals, its revisions, acts on it."""
        yield f"{mark.rule} {mark.place}:"
        for name in (EVENTS, SIGNALS):
            for identity in identities:
                found = [one for one in self.read[name] if identity in _text(one)]
                places = ", ".join(f"{one.partition}@{one.offset} {one.at:.3f}" for one in found)
                yield f"  {name}: {identity} at {places or 'no place'}"
        ids = set()
        for message in self.read[ALERTS]:
            if f"chaos/{mark.rule}/{mark.place}/" in _text(message):
                one = json.loads(message.value or b"{}")
                ids.add(one["id"])
                told = f"{one['id']} revision {one['revision']} {one['status']}"
                yield f"  {ALERTS}: {told} at {message.at:.3f}"
        for line in self.read[LEDGER]:
            body = json.loads(line.value or b"{}")
            if body.get("alert") in ids:
                told = f"{body['act']} revision {body['revision']} at {body['receiver']}"
                yield f"  {LEDGER}: {told}: {body['reason']} at {line.at:.3f}"


def left(bootstrap: str) -> dict[str, int]:
    """The messages that each group has yet to commit, by topic; few are none."""
    groups = ((GROUP, EVENTS), (GROUP, SIGNALS), (NOTIFIER_GROUP, ALERTS))
    found = {
        f"{group} {name} {partition}": count
        for group, name in groups
        for partition, count in lag(bootstrap, group, PREFIX + name).items()
    }
    return {name: count for name, count in found.items() if count > MOST_LEFT}


def _bodies(message: TopicMessage) -> Sequence[object]:
    told = json.loads(message.value or b"null")
    return told if isinstance(told, list) else [told]


def _text(message: TopicMessage) -> str:
    return (message.value or b"").decode("utf-8", "replace")
