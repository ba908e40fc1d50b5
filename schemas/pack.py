"""The head of a rule pack: `pack.yaml`."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from schemas.alert import Level
from schemas.event import Source
from schemas.model import Document, Name
from schemas.reader_training import ReaderTraining
from schemas.rule import RuleName
from schemas.score_floor import ScoreFloor
from schemas.time_span import NonZeroSpan


class PackDefaults(Document):
    """Defaults of the pack's rules."""

    level: Level | None = None
    resolve_after: NonZeroSpan | None = None


HeadNoun = Annotated[str, StringConstraints(pattern=r"^[^\W\d_][^\s*\-]*\*?$", max_length=64)]


class SourceRhythm(Document):
    """How often a source is expected to report, and how urgent its silence is.

    `never`: no report is expected, so it is not watched.
    """

    every: NonZeroSpan | Literal["never"]
    level: Level = Level.MEDIUM


class AlertBudget(Document):
    """How many alerts and pages a week the pack may cost; `rules diff` fails beyond."""

    pages_per_week: Annotated[float, Field(ge=0)] | None = None
    alerts_per_week: Annotated[float, Field(ge=0)] | None = None


class Pack(Document):
    """The head of a rule pack.

    `organisation_heads` are the nouns that name organisations (`front`, `brigade*`), one word each.
    Each of `sources` is watched as one with all below it (`telegram` with `telegram:@channel`). Its
    rules may name word lists of packs that it `uses`. `rules score` fails below one of `floors`.
    """

    title: Name
    owner: Name
    description: str | None = None
    uses: tuple[RuleName, ...] = ()
    defaults: PackDefaults = PackDefaults()
    organisation_heads: tuple[HeadNoun, ...] | None = None
    sources: dict[Source, SourceRhythm] = Field(default_factory=dict)
    floors: tuple[ScoreFloor, ...] = ()
    budget: AlertBudget = AlertBudget()
    reader: ReaderTraining = ReaderTraining()
