"""What people did that a decision depends on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from schemas.acknowledgement import Acknowledgement
from schemas.alert import Alert
from services.notifier.domain.watch.acknowledgements import holds
from services.notifier.domain.watch.silences.hiding import SilenceHold


@dataclass(frozen=True, slots=True)
class PeopleActs:
    """The silence that hides an alert, the acknowledgement that holds for it as it is now.

    `raised_at`: since when it is at its level, and has its hypotheses; None: not known.
    `returned_by`: who took its acknowledgement back, if somebody did.
    """

    silence: SilenceHold | None = None
    acknowledgement: Acknowledgement | None = None
    raised_at: datetime | None = None
    returned_by: str | None = None

    @property
    def in_hand(self) -> str | None:
        """Who has the alert in hand and until when, as messages show it; None: nobody."""
        known = self.acknowledgement
        return None if known is None else f"{known.owner} until {known.ends_at:%H:%M}Z"


NO_ACTS = PeopleActs()

ReadActs = Callable[[Sequence[tuple[Alert, datetime]], datetime], list[PeopleActs]]
"""Of each alert, with the time since when it waits, at a time; may raise the store's errors."""


def select_holding(
    known: Acknowledgement | None, alert: Alert, now: datetime
) -> Acknowledgement | None:
    """The acknowledgement, if it holds for the alert."""
    return known if holds(known, alert, now) else None
