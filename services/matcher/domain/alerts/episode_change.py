"""EpisodeChange: what of a window's episodes a message may have changed."""

from typing import NamedTuple

from services.matcher.domain.alerts.time_range import TimeRange


class EpisodeChange(NamedTuple):
    """Outside of `starts` lies the start of no episode that changed.

    `moved` are events that have other times than before, `renewed` the starts of episodes whose
    totals waited until now; None: not known.
    """

    starts: TimeRange
    moved: frozenset[str] | None = None
    renewed: frozenset[int] | None = None
