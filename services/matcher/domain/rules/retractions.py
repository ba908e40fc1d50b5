"""Retractions: what an event corrects or withdraws, by identity."""

from schemas.duty import is_own
from schemas.event import Event, name_event
from schemas.retraction import Retraction
from services.matcher.domain.text.cut import cut_key


def find_retraction(event: Event) -> Retraction | None:
    """The retraction of the event that this one corrects or withdraws, if it does.

    It needs no rule and nothing of the corrected event but its id.
    """
    corrected = event.corrected_id
    if corrected is None or is_own(event.source):
        return None
    return Retraction(
        identity=cut_key(name_event(event.source, corrected)),
        by=cut_key(event.identity),
        recorded_at=event.learned_at,
    )
