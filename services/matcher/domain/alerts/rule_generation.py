"""RuleGeneration: which version of a rule its states are made by, and since when."""

from dataclasses import dataclass
from datetime import datetime

from schemas.bundle import NO_BUNDLE, OnChange


@dataclass(frozen=True, slots=True)
class RuleGeneration:
    """The last change of a rule that started its states over.

    It came with bundle `changed_in`, published at `changed_at`, and was handled by `on_change`.
    `since` is when the rule began to watch; None if only the clocks of the partitions know.
    Since bundle `judged_in` its alerts are graded and end as they do.
    """

    on_change: OnChange = OnChange.KEEP
    changed_in: int = NO_BUNDLE
    changed_at: datetime | None = None
    since: datetime | None = None
    judged_in: int = NO_BUNDLE


UNCHANGED = RuleGeneration()
"""The generation of every rule before a bundle is published."""
SERIALS_OF_BUNDLE = 2**32
"""Numbers that the alerts of a key may take by the rules of one bundle."""


def first_serial(bundle: int) -> int:
    """The count from which a new key numbers its alerts.

    A key may have been removed with its rule, of which nothing is left: the alerts of a rule that
    comes back in a later bundle have other ids, since their revisions begin again.
    """
    return bundle * SERIALS_OF_BUNDLE
