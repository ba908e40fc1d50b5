"""The rows of a real stream as reports in any order, some of them corrected or retracted.

Which are is a rule over the rows: of 17 one happened at another time, one has the words of another
row in its new version, and of 23 one is retracted; what corrects a report may be recorded first.
"""

import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from schemas.event import Event
from tests.matcher.builders import HOUR
from tests.matcher.oracle.hits import OracleHit
from tests.matcher.proof.streams import Row, outlet

REVISED, RETRACTED = 17, 23
Fields = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class RealReport:
    """A version of a row, or a retraction, whose row is None; `corrects` is the id of another."""

    id: str
    row: Row | None
    at: datetime
    recorded_at: datetime
    corrects: str | None = None
    source: str = "stream"

    @property
    def identity(self) -> str:
        """That of its event."""
        return f"{self.source} {self.id}"

    def as_event(self, make_event: Callable[[Row, timedelta], Event]) -> Event:
        """The report as it is taken in."""
        given: dict[str, object] = {"id": self.id, "source": self.source}
        given |= {"occurred_at": self.at, "recorded_at": self.recorded_at}
        if self.row is None:
            return Event.model_validate(given | {"retracts": self.corrects})
        known = make_event(self.row, timedelta(0)).model_dump(exclude_none=True)
        wounded = {"quantities": {"wounded": count_wounded(self.row)}}
        return Event.model_validate(known | given | wounded | {"supersedes": self.corrects})

    def as_hit(self, base: str, fields: Fields, story: str | None) -> OracleHit:
        """The hit of a base rule that it is."""
        row = self.row or {}
        return OracleHit(
            identity=self.identity,
            base=base,
            times=(self.at,),
            fields={**fields, "quantities.wounded": (str(count_wounded(row)),)},
            story=story or self.identity,
            source=self.source,
            owners=frozenset({outlet(row)}),
        )


def count_wounded(row: Row) -> int:
    """A number that every row has: the streams tell none."""
    return zlib.crc32(f"wounded {row['id']}".encode()) % 8 - 1


def deliver(rows: Sequence[Row], order: Random, late: timedelta) -> list[RealReport]:
    """The reports of rows, each recorded up to `late` after it happened, and what corrects them."""
    made = list[RealReport]()
    for number, row in enumerate(rows, start=order.randrange(REVISED * RETRACTED)):
        report = RealReport(str(row["id"]), row, read_time(row), read_time(row))
        versions = [report, *_correct(report, number, rows)]
        made += (_record(version, order, late) for version in versions)
    order.shuffle(made)
    return made


def _correct(report: RealReport, number: int, rows: Sequence[Row]) -> Iterator[RealReport]:
    newest = report
    if number % REVISED in {0, 1}:
        newest = _revise(report, number, rows)
        yield newest
    if number % RETRACTED == 0:
        corrected = newest if number % 2 else report
        yield replace(newest, id=f"{report.id}-gone", row=None, corrects=corrected.id)


def _revise(report: RealReport, number: int, rows: Sequence[Row]) -> RealReport:
    """It happened an hour later, or what happened was something else."""
    revised = replace(report, id=f"{report.id}-new", corrects=report.id)
    if number % REVISED == 0:
        return replace(revised, at=report.at + HOUR)
    other = rows[number * 7 % len(rows)]
    return replace(revised, row={**other, "id": str(report.id)})


def _record(report: RealReport, order: Random, late: timedelta) -> RealReport:
    return replace(report, recorded_at=report.at + late * order.choice((0, 0, 0.25, 0.5, 1)))


def read_time(row: Row) -> datetime:
    """When a row happened; of a day, at its beginning."""
    written = str(row["time"] if "time" in row else row["date"])
    return datetime.fromisoformat(f"{written}+00:00" if "T" in written else f"{written}T00:00Z")
