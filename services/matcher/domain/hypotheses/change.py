"""Changes: what a hypothesis hears of its indicators."""

from dataclasses import dataclass
from datetime import datetime

from schemas.alert import Alert, Evidence, Status
from services.matcher.domain.hypotheses.distance import Distance


@dataclass(frozen=True, slots=True)
class AlertChange:
    """A revision of an alert of an indicator; `at` is when the indicator last showed.

    Firing or resolved, it has been observed; only `withdrawn` takes that back.
    """

    rule: str
    alert: str
    revision: int
    status: Status
    at: datetime
    value: float | None = None
    backfill: bool = False
    evidence: tuple[Evidence, ...] = ()

    @property
    def known(self) -> datetime:
        """When it became known: with the newest record of its evidence."""
        records = (one.recorded_at for one in self.evidence)
        return max((record for record in records if record is not None), default=self.at)


@dataclass(frozen=True, slots=True)
class DistanceChange:
    """How far a window of an indicator is from firing; None: no hit is left in it, or it fires."""

    rule: str
    window: str
    distance: Distance | None


@dataclass(frozen=True, slots=True)
class SourceChange:
    """Whether a source, with all below it, has been silent for longer than its rhythm allows."""

    source: str
    silent: bool


IndicatorChange = AlertChange | DistanceChange | SourceChange


def alert_change(alert: Alert) -> AlertChange:
    """What an alert says to the hypotheses that list its rule.

    It last showed with its newest evidence, or at its start where that is later (an absence).
    """
    times = [report.occurred_at for report in alert.evidence]
    return AlertChange(
        rule=alert.rule.name,
        alert=alert.id,
        revision=alert.revision,
        status=alert.status,
        at=max([alert.starts_at, *times]),
        value=alert.value,
        backfill=alert.backfill,
        evidence=alert.evidence,
    )
