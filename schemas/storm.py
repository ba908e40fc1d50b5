"""Storm: more new groups of a rule, by one owner, than are notified singly."""

from typing import Annotated

from pydantic import Field

from schemas.alert import Evidence, Level, RuleRef, window_key
from schemas.model import Count, Instant, Model, PartitionNumber

STORM = "storm"
"""The group field of a storm's own alert; its value is the owner."""
SUSPECTED = "suspected"
"""In the key of a storm of alerts that are suspected."""
GROUPS_A_MINUTE = 60
"""New groups of a rule and owner in a minute of `recorded_at` whose alerts are notified singly."""
MOST_NEWEST = 5
"""Groups that the alert of a storm shows."""


class StormGroup(Model):
    """An alert that is marked `storm`, by its id, at its first revision.

    `evidence` is the newest report of it, without its words: its title is the alert's summary.
    """

    alert: str
    level: Level
    evidence: Evidence

    @property
    def at(self) -> Instant:
        """When the report was recorded."""
        return self.evidence.learned_at


class StormNews(Model):
    """What one signals partition has of a storm: how many groups since `began`, and the newest.

    It is sent again with each tick that brings more, so one that is lost or repeated changes
    nothing.
    """

    pack: str
    rule: RuleRef
    owner: str
    partition: PartitionNumber
    began: Instant
    count: Count
    newest: Annotated[tuple[StormGroup, ...], Field(min_length=1, max_length=MOST_NEWEST)]
    exercise: bool = False
    suspected: bool = False

    @property
    def at(self) -> Instant:
        """When the newest report of the newest groups was recorded."""
        return max(group.at for group in self.newest)

    @property
    def key(self) -> bytes:
        """The Kafka key: all news of a storm comes to one signals partition."""
        return storm_key(
            self.pack,
            self.rule.name,
            self.owner,
            exercise=self.exercise,
            suspected=self.suspected,
        )


def storm_key(
    pack: str, rule: str, owner: str, *, exercise: bool, suspected: bool = False
) -> bytes:
    """The key of the storm of a rule and owner, and of its state; suspicions have their own."""
    group = {STORM: owner} | ({SUSPECTED: "true"} if suspected else {})
    return window_key(pack, rule, group, exercise=exercise)
