"""Changes of the indicators of a hypothesis, and of its sources."""

from dataclasses import dataclass
from datetime import datetime

from schemas.alert import Alert, Evidence, Status
from services.matcher.domain.hypotheses.distance import Distance


@dataclass(frozen=True, slots=True)
class AlertChange:
    """A revision of an alert of an indicator; `at` is when the indicator was last observed.

    Firing or resolved it is an observation; withdrawn it is none any more.
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
        """When it became known: the newest `recorded_at` of its evidence."""
        times = (report.recorded_at for report in self.evidence)
        return max((time for time in times if time is not None), default=self.at)


@dataclass(frozen=True, slots=True)
class DistanceChange:
    """The distance of a window of an indicator; None: it holds no hit, or fires."""

    rule: str
    window: str
    distance: Distance | None


@dataclass(frozen=True, slots=True)
class SourceChange:
    """Whether a source, with all below it, is silent for longer than its rhythm allows."""

    source: str
    silent: bool


IndicatorChange = AlertChange | DistanceChange | SourceChange


def make_alert_change(alert: Alert) -> AlertChange:
    """The change that an alert is for the hypotheses that list its rule.

    The indicator was last observed with the newest evidence, or at the alert's start where that is
    later (an absence).
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
