"""Judged reports: what verdicts on alerts say of the reports that the reader suspected."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from schemas.alert import Alert, Evidence
from schemas.verdict import Judgement, Verdict

ReportKey = tuple[str, str]
"""Source and id of a report."""


@dataclass(slots=True)
class JudgedReport:
    """A suspected report: what it means by a verdict, what not, and what nobody has judged.

    `verdicts` are those that say so.
    """

    evidence: Evidence
    means: set[str] = field(default_factory=set)
    means_not: set[str] = field(default_factory=set)
    open: set[str] = field(default_factory=set)
    verdicts: list[Verdict] = field(default_factory=list)

    def add(self, meaning: str, verdict: Verdict | None) -> None:
        """Take what one alert says of it."""
        if verdict is None:
            self.open.add(meaning)
            return
        useful = verdict.judgement is Judgement.USEFUL
        (self.means if useful else self.means_not).add(meaning)
        self.verdicts.append(verdict)


def judge_reports(verdicts: Iterable[Verdict], alerts: Iterable[Alert]) -> Iterator[JudgedReport]:
    """The suspected reports of alerts with a verdict, by source and id.

    Of an alert the highest revision counts, of its verdicts the last given. What words found is
    left out: no model is taught by it.
    """
    newest = {alert.id: alert for alert in sorted(alerts, key=lambda alert: alert.revision)}
    last = {verdict.alert: verdict for verdict in sorted(verdicts, key=lambda given: given.at)}
    judged: dict[ReportKey, JudgedReport] = {}
    for alert in newest.values():
        for piece in alert.evidence:
            if piece.suspicion is not None:
                report = judged.setdefault((piece.source, piece.event_id), JudgedReport(piece))
                report.add(piece.suspicion.meaning, last.get(alert.id))
    return (report for _, report in sorted(judged.items()) if report.verdicts)
