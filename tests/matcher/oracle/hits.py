"""What the definition knows of a hit: a report, or an alert of a base rule."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from schemas.rule import Correlation

MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True)
class OracleHit:
    """A hit of `base` at its `times`: of a report one, of an alert every firing time.

    `fields` are the values by which rules group and count. `begins`: a report counted whole lies in
    a window only if this does too. `whole` is what it is a part of.
    """

    identity: str
    base: str
    times: tuple[datetime, ...]
    fields: Mapping[str, tuple[str, ...]]
    story: str
    source: str
    owners: frozenset[str]
    until: datetime | None = None
    begins: datetime | None = None
    whole: "OracleHit | None" = None

    @property
    def first(self) -> datetime:
        return self.times[0]

    @property
    def last(self) -> datetime:
        return self.times[-1]

    def overlaps(self, after: datetime, until: datetime) -> bool:
        """Whether some time of it lies in `(after, until]`."""
        is_whole = self.begins is None or self.begins > after
        return self.first <= until and self.last > after and is_whole

    def clip(self, after: datetime, until: datetime) -> "OracleHit":
        """What lies of it in `(after, until]`."""
        ends = max(self.first, after + MOMENT), min(self.last, until)
        return replace(self, times=ends, whole=self.whole or self)

    def key(self, section: Correlation) -> str:
        """What it is counted by."""
        keys = {"story": self.story, "source": self.source, "event": self.identity}
        return keys[section.count_by]

    def seen_by(self, section: Correlation) -> "OracleHit":
        """As a rule that may count reports whole sees it."""
        if section.interval != "certain" or self.until is None:
            return self
        return replace(self, times=(self.until,), begins=self.first)
