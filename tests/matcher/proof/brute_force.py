"""Episodes straight from the rows of a stream and the words of the design, slow and plain.

Nothing here is shared with the engine: no event, no window, no sliding sum.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from tests.matcher.proof.streams import Row, outlet


class SeenRow(NamedTuple):
    """One row as one base rule of a watch sees it."""

    at: datetime
    base: str
    row: Row


AlertOutline = tuple[str, tuple[str, ...], datetime, datetime, str, int]
"""Rule, group, start, last firing time, level, how many rows stand behind it."""


@dataclass(frozen=True)
class BruteForceRule:
    """A rule, said once more in Python: `sees` has the bases of a row, `fires` judges a window.

    `first` is the base that the evidence begins with. Where fewer than two outlets stand within
    `together` of one another, `level` is `alone`.
    """

    rule: str
    span: timedelta
    sees: Callable[[Row], Sequence[str]]
    fires: Callable[[Sequence[SeenRow]], bool]
    group: Callable[[Row], Iterable[tuple[str, ...]]]
    gap: timedelta
    level: str = "medium"
    alone: str | None = None
    together: timedelta = timedelta(0)
    first: str | None = None


def brute_force(watch: BruteForceRule, stream: Sequence[Row]) -> set[AlertOutline]:
    """Every episode of the watch over the whole stream."""
    groups: dict[tuple[str, ...], list[SeenRow]] = {}
    for row in stream:
        for base in watch.sees(row):
            for group in watch.group(row):
                groups.setdefault(group, []).append(SeenRow(_time(row), base, row))
    return {episode for group, seen in groups.items() for episode in _episodes(watch, group, seen)}


def _time(row: Row) -> datetime:
    written = row["time"] if "time" in row else row["date"]
    return datetime.fromisoformat(f"{written}+00:00" if "T" in str(written) else f"{written}T00Z")


def _episodes(
    watch: BruteForceRule, group: tuple[str, ...], seen: list[SeenRow]
) -> Iterable[AlertOutline]:
    seen.sort(key=lambda row: row.at)
    times = [row.at for row in seen]
    windows: list[tuple[datetime, Sequence[SeenRow]]] = []
    for time in sorted(set(times)):
        inside = seen[bisect_right(times, time - watch.span) : bisect_right(times, time)]
        if watch.fires(inside):
            windows.append((time, _evidence(watch, inside)))
    for run in _runs(windows, watch.gap):
        behind = {str(row.row["id"]): row for _, inside in run for row in inside}
        level = _level(watch, list(behind.values()))
        yield watch.rule, group, run[0][0], run[-1][0], level, len(behind)


def _evidence(watch: BruteForceRule, inside: Sequence[SeenRow]) -> Sequence[SeenRow]:
    begins = min((one.at for one in inside if one.base == watch.first), default=inside[0].at)
    return [one for one in inside if one.at >= begins]


def _runs(
    windows: Sequence[tuple[datetime, Sequence[SeenRow]]], gap: timedelta
) -> list[list[tuple[datetime, Sequence[SeenRow]]]]:
    runs: list[list[tuple[datetime, Sequence[SeenRow]]]] = []
    for window in windows:
        if runs and window[0] - runs[-1][-1][0] <= gap:
            runs[-1].append(window)
        else:
            runs.append([window])
    return runs


def _level(watch: BruteForceRule, behind: Sequence[SeenRow]) -> str:
    if watch.alone is None:
        return watch.level
    corroborated = any(
        outlet(row.row) != outlet(other.row) and abs(row.at - other.at) <= watch.together
        for row in behind
        for other in behind
    )
    return watch.level if corroborated else watch.alone
