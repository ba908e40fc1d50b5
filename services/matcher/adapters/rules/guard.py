"""The guard around rules: a fault of one rule on one event is a value, not the end of the rest."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from services import telemetry

log = telemetry.logger(__name__)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class RuleFailure:
    """What a pure part of the engine raised, and for which rule."""

    where: str
    reason: str


def guard_rule(where: str, judge: Callable[[], T]) -> T | RuleFailure:
    """What `judge` gives; whatever it raises comes back as a fault, logged with its traceback.

    Only for pure functions: they leave nothing half done, and fail the same way every time, so
    crashing and starting again would never get past the event.
    """
    try:
        return judge()
    except Exception as error:
        log.exception("a rule failed", where=where)
        return RuleFailure(where, f"{type(error).__name__}: {error}")
