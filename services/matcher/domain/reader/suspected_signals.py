"""The signals of what a report is suspected of."""

from collections.abc import Iterable, Iterator

from schemas.alert import LONGEST_TITLE, Suspicion
from schemas.signal import Signal
from services.matcher.domain.reader.reading import Reading
from services.matcher.domain.rules.rulebook import Rulebook
from services.matcher.domain.rules.suspected_hits import suspect
from services.matcher.domain.text.cut import cut_key, cut_text


def make_suspected_signals(rulebook: Rulebook, readings: Iterable[Reading]) -> Iterator[Signal]:
    """The suspected hits of one report, for each window; `rulebook` is the matcher's."""
    for reading in readings:
        if reading.match is not None:
            yield from suspect(rulebook, reading.match, describe_suspicion(reading))


def describe_suspicion(reading: Reading) -> Suspicion:
    """Why the report is suspected, cut to fit."""
    nearest = reading.nearest
    return Suspicion(
        meaning=cut_key(reading.meaning),
        score=round(reading.score, 2),
        threshold=round(reading.score - reading.margin, 2),
        example=cut_text(nearest.text, LONGEST_TITLE) if nearest else "",
        example_id=cut_key(nearest.example_id) if nearest else "",
    )
