"""Distances on the earth, and the circles around a point."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from math import asin, cos, degrees, radians, sin, sqrt

from schemas.event import Event

EARTH_KM = 6371.0088
"""The mean radius of the earth."""

LONGEST_KM = 20_016
"""The longest distance of two points."""

_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class Point:
    """A point on the map, in degrees."""

    lat: float
    lon: float


def distance_km(first: Point, second: Point) -> float:
    """The great-circle distance in kilometres, by the haversine."""
    north, east = radians(second.lat - first.lat), radians(second.lon - first.lon)
    both = cos(radians(first.lat)) * cos(radians(second.lat))
    chord = sin(north / 2) ** 2 + both * sin(east / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(min(1.0, chord)))


@dataclass(frozen=True, slots=True)
class Circle:
    """Everything at most `km` from a site, edge included."""

    site: str
    centre: Point
    km: float


class Circles:
    """Circles sorted by latitude, so that only those in a band are measured."""

    def __init__(self, circles: Iterable[Circle]) -> None:
        self._circles = tuple(sorted(circles, key=_latitude))
        self._widest = max((circle.km for circle in self._circles), default=0.0)

    def around(self, point: Point) -> tuple[str, ...]:
        """The sites whose circle holds the point, sorted."""
        band = degrees(self._widest / EARTH_KM) + _ROUNDING
        first = bisect_left(self._circles, point.lat - band, key=_latitude)
        last = bisect_right(self._circles, point.lat + band, key=_latitude)
        near = (
            circle.site
            for circle in self._circles[first:last]
            if distance_km(circle.centre, point) <= circle.km
        )
        return tuple(sorted(near))


def _latitude(circle: Circle) -> float:
    return circle.centre.lat


def point_of(event: Event) -> Point | None:
    """The point of the event; None without both latitude and longitude."""
    if event.lat is None or event.lon is None:
        return None
    return Point(event.lat, event.lon)
