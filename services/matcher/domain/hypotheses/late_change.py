"""Late changes: the crossing that an alert leads to, whose own time is in the past."""

from schemas.alert import Status
from services.matcher.domain.hypotheses.change import AlertChange
from services.matcher.domain.hypotheses.crossing import Crossing, find_last_crossing
from services.matcher.domain.hypotheses.score import ScoreCurve
from services.matcher.domain.hypotheses.state import HypothesisState
from services.matcher.domain.windows.state import micros


def find_crossing_of_change(
    curve: ScoreCurve, state: HypothesisState, change: AlertChange, until: int
) -> Crossing:
    """The crossing up to `until` that an alert leads to; its rank may be the present one.

    A report counts from its own time, a withdrawal from now on. The present level is evaluated
    again from its beginning.
    """
    at = until if change.status is Status.WITHDRAWN else min(micros(change.at), until)
    start = at if state.since is None else max(at, state.since)
    last = find_last_crossing(curve, Crossing(start, curve.rank_after(state.rank, start)), until)
    if last.rank != state.rank or at == start:
        return last
    return _find_earlier_rise(curve, Crossing(at, state.rank), until) or last


def _find_earlier_rise(curve: ScoreCurve, start: Crossing, until: int) -> Crossing | None:
    """The rise above the rank of `start` before the present level began, if it lasts to `until`.

    A level that was reached and left again in the past is no crossing.
    """
    for time in [start.at, *curve.breakpoints(start.at)]:
        rank = curve.rank_after(start.rank, time)
        if time < until and rank > start.rank:
            last = find_last_crossing(curve, Crossing(time, rank), until)
            return last if last.rank > start.rank else None
    return None
