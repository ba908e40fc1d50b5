"""Which silences need a second person: those that hide critical alerts for long."""

from datetime import timedelta

from schemas.alert import Level
from schemas.silence import Silence
from services.notifier.domain.routing.matchers import parse_matchers

LONGEST_ALONE = timedelta(minutes=30)
"""How long one person may hide a critical alert."""


def needs_approval(silence: Silence) -> bool:
    """Whether critical alerts stay visible until another person approves the silence."""
    return is_long(silence) and silence.approved_by is None and may_hide_critical(silence)


def is_long(silence: Silence) -> bool:
    """Whether it lasts for longer than one person may hide a critical alert."""
    return silence.ends_at - silence.starts_at > LONGEST_ALONE


def may_hide_critical(silence: Silence) -> bool:
    """Whether its matchers let critical alerts through."""
    labels = {"level": (str(Level.CRITICAL),)}
    matchers = [matcher for line in silence.matchers for matcher in parse_matchers(line)]
    return all(matcher.holds(labels) for matcher in matchers if matcher.name == "level")


def is_approval_kept(before: Silence, after: Silence) -> bool:
    """Whether an approval holds after a change of times: it hides at no other time than before."""
    return after.starts_at >= before.starts_at and after.ends_at <= before.ends_at
