"""Alert: what the matcher announces and people act on, one message per revision."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from schemas.event import Reliability
from schemas.model import LARGEST_COUNT, Count, Instant, Model

MOST_EVIDENCE = 20
MOST_OWNERS = 64
"""Owners of evidence that an alert, and a hit of it, name."""
LONGEST_TITLE = 300
"""Characters of the title of a piece of evidence, and at most twice as many bytes."""
LONGEST_FIELD = 500
"""The same of its excerpt and url, of summary and action, and of each field of a template."""


class Level(StrEnum):
    """Sigma's levels, from least to most urgent."""

    INFORMATIONAL = "informational"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """0 for informational to 4 for critical."""
        return list(Level).index(self)

    @property
    def lowered(self) -> "Level":
        """One level down; informational stays."""
        return list(Level)[max(0, self.rank - 1)]


class Status(StrEnum):
    """The status of an alert."""

    FIRING = "firing"
    RESOLVED = "resolved"
    WITHDRAWN = "withdrawn"


class Span(Model):
    """A matched part of an excerpt, in characters: from `start` to before `end`."""

    start: Count
    end: Count


class Suspicion(Model):
    """Why the reader suspects a report: how near it comes to what, and to which example of it.

    `score` and `threshold` are log-odds; a report is suspected if its score reaches the threshold.
    `example` is the nearest labelled example as text, `example_id` is its id, if it has one.
    """

    meaning: Annotated[str, Field(max_length=LONGEST_TITLE)]
    score: float
    threshold: float
    example: Annotated[str, Field(max_length=LONGEST_TITLE)] = ""
    example_id: Annotated[str, Field(max_length=LONGEST_TITLE)] = ""


class Evidence(Model):
    """One report as evidence of an alert.

    `roles` are the rules that it is a hit of, among those that a correlation counts. An alert of
    such a rule is evidence too, from `occurred_at` to `occurred_until`. `said` is what a rule with
    `says` found in it, in a line (`houthis > attack, vessel`), `doers` and `undergoers` are the
    members whom it found. `suspicion` is of one that the reader alone found.
    """

    event_id: str
    source: str
    source_owner: str | None = None
    reliability: Reliability | None = None
    credibility: Annotated[int, Field(ge=1, le=6)] | None = None
    occurred_at: Instant
    occurred_until: Instant | None = None
    recorded_at: Instant | None = None
    url: str | None = None
    title: str | None = None
    excerpt: str | None = None
    spans: tuple[Span, ...] = ()
    said: str | None = None
    doers: tuple[str, ...] = ()
    undergoers: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    suspicion: Suspicion | None = None

    @property
    def grade(self) -> str:
        """The Admiralty grade, with unknown as F and 6: `B2`, `F6`."""
        return f"{self.reliability or 'F'}{self.credibility or 6}"

    @property
    def learned_at(self) -> datetime:
        """When it was recorded; when it happened, where that is not known."""
        return self.recorded_at or self.occurred_at


class RuleRef(Model):
    """The rule of an alert, in the version that made the alert."""

    name: str
    id: str | None = None
    title: str
    level: Level
    version: str | None = None


HypothesisLevel = Literal["", "watch", "elevated", "high"]
HYPOTHESIS_LEVELS: tuple[HypothesisLevel, ...] = ("", "watch", "elevated", "high")
"""From below all levels to the highest."""


class LevelMove(Model):
    """The last move of a hypothesis from the level `before` to `after`; empty: below all levels.

    Its score is `score`; `threshold` is that of the level reached, or of the one that was left.
    `because`: what became of an indicator. `missing`: indicators not observed, those nearest to it,
    then those that weigh most, first.
    """

    before: HypothesisLevel = ""
    after: HypothesisLevel = ""
    score: float
    threshold: float
    because: str
    missing: tuple[str, ...] = ()

    @property
    def is_up(self) -> bool:
        """Whether the level reached is the higher one."""
        return HYPOTHESIS_LEVELS.index(self.after) > HYPOTHESIS_LEVELS.index(self.before)


class Alert(Model):
    """One revision of an alert; of an id the highest revision counts.

    `starts_at` and `last_fired_at` are the first and last firing time of its episode, `owners`
    those of all its evidence. One that is `suspected` would not fire by words alone, and nobody has
    confirmed it; once confirmed, it never is again. One with `storm` is not notified: the alert of
    its storm is. `move` is of a hypothesis's own alert, which lives while it is at any level.
    """

    id: str
    fingerprint: str
    revision: Annotated[int, Field(ge=1, le=LARGEST_COUNT)]
    status: Status
    rule: RuleRef
    pack: str
    group: dict[str, str] = Field(default_factory=dict)
    level: Level
    summary: str
    action: str | None = None
    starts_at: Instant
    last_fired_at: Instant | None = None
    updated_at: Instant
    detected_at: Instant
    resolved_at: Instant | None = None
    value: float | None = None
    evidence: Annotated[tuple[Evidence, ...], Field(max_length=MOST_EVIDENCE)] = ()
    evidence_count: Count = 0
    owners: Annotated[tuple[str, ...], Field(max_length=MOST_OWNERS)] = ()
    hypotheses: tuple[str, ...] = ()
    move: LevelMove | None = None
    explain: str
    reason: str | None = None
    uncorroborated: bool = False
    suspected: bool = False
    late: bool = False
    backfill: bool = False
    exercise: bool = False
    storm: bool = False


def window_key(pack: str, rule: str, group: Mapping[str, str], *, exercise: bool) -> bytes:
    """The JSON array `[pack, rule, [field, value]…]`: the key of signals and of state.

    A drill has the pair `["exercise", "true"]` too, so it never shares a window with a real hit.
    """
    pairs = [[field, value] for field, value in sorted(group.items())]
    if exercise:
        pairs.append(["exercise", "true"])
    return json.dumps([pack, rule, *pairs], ensure_ascii=False, separators=(",", ":")).encode()


def fingerprint(key: bytes) -> str:
    """16 hex digits of a window key: the same for each alert of a pack, rule and group."""
    return hashlib.sha256(key).hexdigest()[:16]


def alert_id(mark: str, start_us: int, serial: int) -> str:
    """The id of an episode from its first announcement on: of fingerprint, start and a count."""
    return hashlib.sha256(f"{mark} {start_us} {serial}".encode()).hexdigest()[:20]
