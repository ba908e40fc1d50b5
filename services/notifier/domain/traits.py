"""What a receiver is like, as far as decisions depend on it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from schemas.alert import Level


class BackfillPolicy(StrEnum):
    """Whether a receiver takes alerts that are all in the past (`backfill`)."""

    TOO = "too"
    LEFT_OUT = "left out"
    ALONE = "alone"


@dataclass(frozen=True, slots=True)
class ReceiverTraits:
    """What a receiver is like.

    `least`: the lowest level it takes. `pages`: it wakes people, so it gets no drills, backfills
    or mere evidence, and is opened before it is closed. `replays`: it takes alerts on the recorded
    clock, `recorded`: this is such a run. `idempotent`: a repeated send changes nothing.
    `groups`: the alerts of a group are one message there. `edits`: a message shows newer evidence
    in its place; else that would be a new message, and is not sent.
    """

    name: str
    least: Level = Level.INFORMATIONAL
    pages: bool = False
    replays: bool = True
    idempotent: bool = False
    recorded: bool = False
    groups: bool = True
    edits: bool = True
    history: BackfillPolicy = BackfillPolicy.TOO

    @classmethod
    def of_pager(cls, name: str) -> Self:
        """Those of a pager, whose incidents the alert's id names."""
        return cls(name, least=Level.HIGH, pages=True, replays=False, idempotent=True, groups=False)

    def takes(self, level: Level) -> bool:
        """Whether the level is high enough."""
        return level.rank >= self.least.rank
