"""What stories compare of one report: its lead, and what its fields say of where and how many."""

import hashlib
import json
import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from schemas.event import Event, name_event
from schemas.model import LONGEST_NAME
from services.ingest.domain.stories.lead import Lead, read_lead

KM_PER_DEGREE = 111.2
FURTHEST_KM = 50.0
MOST_PLACE_WORDS, MOST_QUANTITIES, LONGEST_QUANTITY = 8, 16, 64
"""What counts of a place and of quantities, so that a stored report is small."""


@dataclass(frozen=True, slots=True)
class ReportContent:
    """What a report says: its lead, and facts from its fields, which may all be absent.

    `opening`: the words of the lead that are its first sentence; none where it is too short.
    """

    lead: Lead
    opening: Lead = ()
    country: str | None = None
    place: frozenset[str] = frozenset()
    position: tuple[float, float] | None = None
    quantities: tuple[tuple[str, float], ...] = ()
    exercise: bool = False

    @classmethod
    def of(cls, event: Event) -> Self:
        """The content of an event. Takes bounded time, but for sorting its quantities."""
        located = event.lat is not None and event.lon is not None
        return cls(
            *read_lead(event),
            event.country,
            frozenset((event.place or "").casefold().split()[:MOST_PLACE_WORDS]),
            (event.lat or 0.0, event.lon or 0.0) if located else None,
            tuple(
                (name[:LONGEST_QUANTITY], amount)
                for name, amount in sorted(event.quantities.items())[:MOST_QUANTITIES]
            ),
            event.exercise,
        )

    def opens_like(self, other: "ReportContent") -> bool:
        """Whether both have one first sentence, word for word; one may add something before it."""
        words = min(len(self.opening), len(other.opening))
        return words > 0 and self.opening[-words:] == other.opening[-words:]

    def contradicts(self, other: "ReportContent") -> bool:
        """Whether a field of both names another country, place or amount, or one is a drill."""
        countries = {self.country, other.country} - {None}
        places_differ = self.place and other.place and self.place.isdisjoint(other.place)
        amounts = dict(other.quantities)
        return bool(
            len(countries) > 1
            or places_differ
            or self.exercise != other.exercise
            or any(amounts.get(name, amount) != amount for name, amount in self.quantities)
            or _is_far(self.position, other.position)
        )

    def encode(self) -> bytes:
        """As JSON."""
        fields = [self.country, sorted(self.place), self.position, self.quantities, self.exercise]
        words = [" ".join(self.lead), len(self.opening)]
        return json.dumps([*words, *fields], ensure_ascii=False).encode()

    @classmethod
    def decode(cls, raw: bytes) -> Self:
        """From what `encode` wrote."""
        words, opening, country, place, position, quantities, exercise = json.loads(raw)
        lead = tuple(words.split())
        return cls(
            lead,
            lead[:opening],
            country,
            frozenset(place),
            tuple(position) if position else None,
            tuple((name, amount) for name, amount in quantities),
            exercise,
        )


def _is_far(here: tuple[float, float] | None, there: tuple[float, float] | None) -> bool:
    """Whether both are known and lie more than FURTHEST_KM apart; on a flat map, which does."""
    if here is None or there is None:
        return False
    east = abs(here[1] - there[1])
    east = min(east, 360 - east) * math.cos(math.radians(here[0]))
    return math.hypot(here[0] - there[0], east) * KM_PER_DEGREE > FURTHEST_KM


@dataclass(frozen=True, slots=True)
class StoryReport:
    """A report on its way to a story. `corrected` is the identity of what it corrects, if any."""

    identity: str
    owner: str
    at: datetime
    content: ReportContent
    corrected: str | None = None

    @classmethod
    def of(cls, event: Event) -> Self:
        """What stories need of an event."""
        corrected = event.corrected_id and name_event(event.source, event.corrected_id)
        owner = event.source_owner or event.source
        return cls(event.identity, owner, event.occurred_at, ReportContent.of(event), corrected)

    @property
    def own_story(self) -> str:
        """The story that it founds: its identity, as long as a story's name may be."""
        if len(self.identity) <= LONGEST_NAME:
            return self.identity
        return f"sha256 {hashlib.sha256(self.identity.encode()).hexdigest()}"


def find_report(event: Event) -> StoryReport | None:
    """What stories need of an event; None where it has a story already, or no words to compare."""
    if event.story is not None:
        return None
    report = StoryReport.of(event)
    return report if report.content.lead else None


@dataclass(frozen=True, slots=True)
class KnownStory:
    """A story as far as it is kept: its name, when its first event was, what its reports say.

    `contents` are that of the first report, then of some others that say more.
    """

    name: str
    at: datetime
    contents: tuple[ReportContent, ...]

    def is_within(self, window: timedelta, at: datetime) -> bool:
        """Whether an event at that time may belong to it."""
        return abs(at - self.at) <= window
