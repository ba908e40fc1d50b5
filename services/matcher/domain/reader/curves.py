"""Curves: what a rule finds, and how right it is, as its reader's threshold falls."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from services.matcher.domain.backtest.score import Tally


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """The recall and the precision of words and reader together, at one threshold."""

    recall: float
    precision: float


@dataclass(frozen=True, slots=True)
class Curve:
    """The points of one rule from words alone, the first, to the lowest threshold.

    `chosen` is where its threshold stands; None if the reader suspects nothing there.
    """

    rule: str
    points: tuple[CurvePoint, ...]
    chosen: CurvePoint | None


def trace_curve(rule: str, words: Tally, read: Iterable[tuple[float, bool]]) -> Curve:
    """The curve of a rule; `read` has the margin of each reading, and whether it is right."""
    steps = [(float("inf"), words), *_add_readings(words, sorted(read, reverse=True))]
    points = [(margin, _point(tally)) for margin, tally in steps]
    chosen = [point for margin, point in points[1:] if margin >= 0]
    return Curve(rule, tuple(point for _, point in points), chosen[-1] if chosen else None)


def _add_readings(
    words: Tally, read: Iterable[tuple[float, bool]]
) -> Iterator[tuple[float, Tally]]:
    tally = words
    for margin, right in read:
        tally += Tally(found=1, missed=-1) if right else Tally(false=1)
        yield margin, tally


def _point(tally: Tally) -> CurvePoint:
    """Precision is 1 where nothing is found and nothing is false."""
    return CurvePoint(tally.recall or 0.0, 1.0 if tally.precision is None else tally.precision)
