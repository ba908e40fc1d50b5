"""Outcomes: what happened in the world, for measuring whether alerts came before it."""

from datetime import timedelta
from typing import Annotated

from annotated_types import MinLen

from schemas.model import Document, Instant, Name
from schemas.rule import RuleName
from schemas.time_span import NonZeroSpan


class Outcome(Document):
    """What happened at a time, and the rules whose alerts should have warned of it.

    An alert warns of it if people had it at most `within` before.
    """

    name: Name
    at: Instant
    rules: Annotated[tuple[RuleName, ...], MinLen(1)]
    within: NonZeroSpan = timedelta(days=30)


class OutcomeFile(Document):
    """All outcomes that the events of a backtest lead up to."""

    outcomes: tuple[Outcome, ...]
