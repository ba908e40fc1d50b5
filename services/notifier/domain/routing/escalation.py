"""Escalation: who is notified of an alert that nobody acknowledges, and after how long."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from services.notifier.domain.routing.labels import CHANGING
from services.notifier.domain.routing.matchers import LabelMatcher, Labels


@dataclass(frozen=True, slots=True)
class EscalationStep:
    """A receiver that gets an alert `after` so long without an acknowledgement."""

    receiver: str
    after: timedelta


@dataclass(frozen=True, slots=True)
class Escalation:
    """A policy for the alerts that meet every matcher; `place` names it for people."""

    place: str
    matchers: tuple[LabelMatcher, ...]
    steps: tuple[EscalationStep, ...]

    def applies(self, labels: Labels) -> bool:
        """Whether an alert with these labels escalates by it."""
        return all(matcher.holds(labels) for matcher in self.matchers)

    def may_apply(self, labels: Labels) -> bool:
        """Whether some revision of such an alert does: the `CHANGING` labels have any value."""
        return all(each.name in CHANGING or each.holds(labels) for each in self.matchers)


def list_escalated(escalations: Iterable[Escalation], labels: Labels) -> set[str]:
    """The receivers that some revision of such an alert may escalate to."""
    return {step.receiver for each in escalations if each.may_apply(labels) for step in each.steps}


def find_delay(
    escalations: Iterable[Escalation], labels: Labels, receiver: str
) -> timedelta | None:
    """After how long such an alert escalates to the receiver; None: never."""
    delays = (
        step.after
        for each in escalations
        if each.applies(labels)
        for step in each.steps
        if step.receiver == receiver
    )
    return min(delays, default=None)
