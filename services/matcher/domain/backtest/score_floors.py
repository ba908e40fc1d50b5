"""Whether measured scores reach the floors of a pack."""

from collections.abc import Iterable, Iterator

from schemas.score_floor import ScoreFloor
from services.matcher.domain.backtest.score import Score


def find_failed_floors(
    floors: Iterable[ScoreFloor], labelled: Score, news: Score | None
) -> Iterator[str]:
    """A line for each bound that is not reached; one that nothing measures does not fail.

    Reports of which none is expected to match measure no precision.
    """
    for floor in floors:
        tally = labelled.total(floor.rule, floor.language)
        precision = None if tally.recall is None else tally.precision
        for name, least, measured in (
            ("recall", floor.recall, tally.recall),
            ("precision", floor.precision, precision),
        ):
            if least is not None and measured is not None and measured < least:
                yield f"{_describe(floor)}: {name} {measured:.3f} is below {least:g}"
        yield from _find_failed_ceiling(floor, news)


def _find_failed_ceiling(floor: ScoreFloor, news: Score | None) -> Iterator[str]:
    if floor.false_alarms is None or news is None or not news.reports:
        return
    measured = news.total(floor.rule, floor.language).false * 10_000 / news.reports
    if measured > floor.false_alarms:
        limit = f"{floor.false_alarms:g}"
        yield f"{_describe(floor)}: {measured:.1f} false alarms per 10,000 exceed {limit}"


def _describe(floor: ScoreFloor) -> str:
    return f"floor of {floor.rule or 'all rules'}, {floor.language or 'all languages'}"
