"""Storm: more new groups of a rule, by one owner, than are told singly."""

from schemas.alert import Evidence, Level, RuleRef, window_key
from schemas.model import Instant, Model

STORM = "storm"
"""The group field of a storm's own alert; its value is the owner."""
GROUPS_A_MINUTE = 60
"""New groups of a rule and owner in a minute of `recorded_at` whose alerts are told singly."""


class StormMember(Model):
    """The first revision of an alert that is marked `storm`, on its way to the storm's own alert.

    `alert` is its id, `at` when the newest report of its evidence was recorded; `evidence` is that
    report, with the alert's summary as title.
    """

    pack: str
    rule: RuleRef
    owner: str
    alert: str
    level: Level
    at: Instant
    evidence: Evidence
    exercise: bool = False

    @property
    def key(self) -> bytes:
        """The Kafka key: all members of a storm come to one signals partition."""
        return storm_key(self.pack, self.rule.name, self.owner, exercise=self.exercise)


def storm_key(pack: str, rule: str, owner: str, *, exercise: bool) -> bytes:
    """The key of the storm of a rule and owner, and of its state."""
    return window_key(pack, rule, {STORM: owner}, exercise=exercise)
