"""The guard around a rule: its failure on one event is a value, and the other rules go on."""

from collections.abc import Callable
from typing import TypeVar

from services import telemetry
from services.matcher.domain.engine.effects import RuleFailure

log = telemetry.logger(__name__)

T = TypeVar("T")


def guard_rule(where: object, evaluate: Callable[[], T]) -> T | RuleFailure:
    """The result of `evaluate`; an exception is logged and returned as a failure of `where`.

    Only for pure functions: they leave no partial effects and fail the same way again, so a
    restart would never get past the event.
    """
    try:
        return evaluate()
    except Exception as error:
        log.exception("a rule failed", where=str(where))
        return RuleFailure(str(where), f"{type(error).__name__}: {error}")
