"""The test `within_km`: an event is near a named site, or one of a list of sites."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from services.document_faults import suggest_name
from services.matcher.domain.detection.earth import LONGEST_KM, Circles, point_of
from services.matcher.domain.detection.fields import as_text
from services.matcher.domain.detection.modifiers import list_name
from services.matcher.domain.detection.places import Sites
from services.matcher.domain.detection.predicates import FieldTest
from services.matcher.domain.detection.view import EventView

_NUMBER = re.compile(r"\d{1,6}(\.\d{1,6})?", re.ASCII)
_AS_WRITTEN = "write a site and a distance: 'camp-taji 20', or '%bases% 5'"


class InvalidPlace(ValueError):
    """The text is not a place and a distance; `hint` is what to write, `lacks` is not there."""

    def __init__(self, message: str, hint: str = _AS_WRITTEN, lacks: str = "") -> None:
        super().__init__(message)
        self.hint = hint
        self.lacks = lacks


@dataclass(frozen=True, slots=True)
class WithinTest(FieldTest):
    """The event is in one of the circles; without coordinates it is in none."""

    field: str
    circles: Circles
    selects: ClassVar[bool] = False

    def holds(self, view: EventView) -> bool:
        """Whether a circle holds the event."""
        point = point_of(view.event)
        return point is not None and bool(self.circles.around(point))

    def members(self, view: EventView) -> Iterable[str]:
        """The point of the event."""
        return map(as_text, view.values(self.field))


def make_within_test(field: str, text: str, places: Sites) -> WithinTest:
    """The test of `text`: a site or a `%list%` of sites, and kilometres.

    Raises:
        InvalidPlace: no such site or list, or no distance.
    """
    site, _, distance = text.strip().rpartition(" ")
    km = _kilometres(distance, text) if site else None
    if km is None:
        raise InvalidPlace(f"{text!r} has no distance")
    return WithinTest(field, places.within(_sites(site.strip(), places), km))


def _kilometres(distance: str, text: str) -> float:
    km = float(distance) if _NUMBER.fullmatch(distance) else 0.0
    if not 0 < km <= LONGEST_KM:
        raise InvalidPlace(f"{text!r}: {distance!r} is no distance in kilometres")
    return km


def _sites(name: str, places: Sites) -> frozenset[str]:
    listed = list_name(name)
    if listed is not None:
        if listed not in places.lists:
            message = f"this pack has no list of sites {listed!r}"
            raise InvalidPlace(message, suggest_name(listed, places.lists), listed)
        return places.lists[listed]
    if name not in places.sites:
        hint = suggest_name(name, places.sites)
        raise InvalidPlace(f"this pack has no site {name!r}", hint, name)
    return frozenset({name})
