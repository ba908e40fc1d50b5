"""Standing: since when a rule counts as it does, and what became of its windows then."""

from dataclasses import dataclass
from datetime import datetime

from schemas.bundle import NO_BUNDLE, OnChange


@dataclass(frozen=True, slots=True)
class RuleGeneration:
    """How one rule with windows stands.

    Its windows began anew with bundle `changed_in`, published at `changed_at`, by `on_change`.
    `since` is when it began to watch, None while only the workers know.
    """

    on_change: OnChange = OnChange.KEEP
    changed_in: int = NO_BUNDLE
    changed_at: datetime | None = None
    since: datetime | None = None


UNCHANGED = RuleGeneration()
"""That of every rule while no bundle has been published."""
