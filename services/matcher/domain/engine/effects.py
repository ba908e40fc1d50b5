"""Effects: what handling a message leads to for one state, and the commands that carry it out."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto
from typing import Generic, TypeVar

from schemas.alert import Alert
from schemas.bundle import BackfillBarrier
from schemas.indication import Indication
from schemas.signal import Signal
from schemas.storm import StormNews
from services.matcher.domain.alerts.new_groups import Counted

S = TypeVar("S")

ENGINE = "correlate"
"""What refuses a message that no rule refused."""


@dataclass(frozen=True, slots=True)
class Send:
    """Send a message, in order; one that `is_repeat` was sent before."""

    message: Alert | Signal | Indication | StormNews | BackfillBarrier
    is_repeat: bool = False


@dataclass(frozen=True, slots=True)
class RefuseMessage:
    """Copy the message in hand to the dead letters."""

    reason: str
    where: str = ENGINE


class Metric(Enum):
    """What is counted by pack and rule."""

    STALE_SIGNAL = auto()
    TOO_LATE = auto()
    FULL_WINDOW = auto()


@dataclass(frozen=True, slots=True)
class Count:
    """Count one more."""

    metric: Metric
    pack: str
    rule: str


class Wait(Enum):
    """Go on only when Kafka has acknowledged all that was sent, or when others had their turn."""

    ACKNOWLEDGED = auto()
    TURN = auto()


Command = Send | RefuseMessage | Count | Wait


@dataclass(frozen=True, slots=True)
class RuleFailure:
    """What the code of a rule raised, and the name of the rule."""

    where: str
    reason: str


@dataclass(frozen=True, slots=True)
class Effects(Generic[S]):
    """What a message leads to for one state.

    `state` is the next one, to be written if `is_changed`; None: there is none, or it is to be
    deleted. It is due at `due`, None: never. `forgets_alerts`: it is the last that knows some
    alert, so it is written or deleted only after Kafka has every alert. The new groups `counted`
    are written first, so that the same alerts are marked when the message comes again.
    """

    state: S | None
    is_changed: bool = True
    due: datetime | None = None
    commands: tuple[Send | RefuseMessage | Count, ...] = ()
    forgets_alerts: bool = False
    counted: Counted = field(default_factory=dict)
