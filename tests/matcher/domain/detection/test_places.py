from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.event import Event
from schemas.rule import NamedList, SiteList
from services.matcher.domain.backtest.replay import replay
from services.matcher.domain.detection.earth import LONGEST_KM, Circle, Circles, Point, distance_km
from services.matcher.domain.rules.matching import derive_values, match_event
from services.matcher.domain.rules.rulebook import Rulebook
from services.matcher.domain.rules.signals import make_signals
from tests.matcher.rules import PROXIES, compiled, correlating, detecting, report, rulebook

TAJI = {"id": "camp-taji", "name": "Camp Taji", "lat": 33.524, "lon": 44.257, "radius_km": 6}
ZONE = {"id": "green-zone", "name": "Green Zone", "lat": 33.307, "lon": 44.387, "radius_km": 2}
UNION = {"id": "union-iii", "name": "Union III", "lat": 33.306, "lon": 44.391, "radius_km": 0.7}
BASES = SiteList.model_validate({"name": "bases", "sites": [TAJI, UNION]})
CITY = SiteList.model_validate({"name": "city", "sites": [ZONE]})
PLACES = (BASES, CITY)
DEGREE_KM = 111.195

identities = map(str, count(1))


def at(lat: float | None, lon: float | None, **fields: Any) -> Event:
    return report("Rockets fell.", id=next(identities), lat=lat, lon=lon, **fields)


AT_TAJI, IN_THE_ZONE = at(33.53, 44.25), at(33.3062, 44.3905)


def book(*documents: Any) -> Rulebook:
    return rulebook(*documents, places=PLACES)


def holds(event: Event, **selection: Any) -> bool:
    return bool(match_event(book(detecting(selection=selection)), event))


@pytest.mark.parametrize(
    ("one", "other", "km"),
    [
        (Point(0, 0), Point(0, 1), DEGREE_KM),
        (Point(0, 0), Point(90, 0), 10_007.56),
        (Point(0, 0), Point(0, 180), 20_015.12),
        (Point(0, 179.5), Point(0, -179.5), DEGREE_KM),
        (Point(60, 10), Point(60, 12), 111.17),
        (Point(51.5074, -0.1278), Point(48.8566, 2.3522), 343.6),
        (Point(40.6413, -73.7781), Point(51.4700, -0.4543), 5_540),
        (Point(33.3, 44.4), Point(33.3, 44.4), 0),
    ],
)
def test_the_distance_of_known_points(one: Point, other: Point, km: float) -> None:
    assert distance_km(one, other) == pytest.approx(km, rel=1e-3, abs=1e-9)
    assert distance_km(other, one) == distance_km(one, other)


POINTS = st.builds(Point, st.floats(-90, 90), st.floats(-180, 180))


@given(st.lists(st.tuples(POINTS, st.floats(0.01, LONGEST_KM)), max_size=12), POINTS)
def test_the_band_of_latitude_leaves_no_circle_out(
    given_circles: list[tuple[Point, float]], point: Point
) -> None:
    circles = [Circle(f"{n:02}", centre, km) for n, (centre, km) in enumerate(given_circles)]

    expected = tuple(
        circle.site for circle in circles if distance_km(circle.centre, point) <= circle.km
    )

    assert Circles(circles).around(point) == expected


def test_a_circle_holds_its_edge() -> None:
    centre, edge = Point(10, 20), Point(10.5, 20)
    km = distance_km(centre, edge)

    assert Circles([Circle("a", centre, km)]).around(edge) == ("a",)
    assert Circles([Circle("a", centre, km - 1e-6)]).around(edge) == ()


def test_the_sites_of_an_event_are_those_within_whose_radius_it_lies() -> None:
    empty = book()

    assert derive_values(empty, AT_TAJI, "sites") == ("camp-taji",)
    assert derive_values(empty, IN_THE_ZONE, "sites") == ("green-zone", "union-iii")
    assert derive_values(empty, at(0, 0), "sites") == ()


def test_without_both_coordinates_an_event_is_nowhere() -> None:
    for event in (at(None, None), at(33.53, None), at(None, 44.25), report("Camp Taji")):
        assert derive_values(book(), event, "sites") == ()
        assert not holds(event, **{"geo|within_km": "camp-taji 20000"})
        assert holds(event, **{"geo|exists": False})


def test_zero_is_a_coordinate_like_another() -> None:
    assert holds(at(0, 0), **{"geo|exists": True})


@pytest.mark.parametrize(
    "selection",
    [
        {"geo|within_km": "camp-taji 20"},
        {"geo|within_km": "%bases% 5"},
        {"geo|within_km": ["green-zone 1", "%bases% 1.5"]},
        {"geo|within_km|all": ["%bases% 1.5", "green-zone 30"]},
        {"geo|within_km|neq": "green-zone 20"},
        {"geo|exists": True},
        {"sites": "camp-taji"},
        {"sites": "CAMP-*"},
        {"sites|expand": "%bases%"},
        {"sites|expand": ["%city%", "%bases%"]},
        {"sites|exists": True},
        {"sites|neq": "green-zone"},
    ],
    ids=str,
)
def test_a_selection_that_holds_at_camp_taji(selection: Any) -> None:
    assert holds(AT_TAJI, **selection)


@pytest.mark.parametrize(
    "selection",
    [
        {"geo|within_km": "camp-taji 0.5"},
        {"geo|within_km": "%city% 20"},
        {"geo|within_km|neq": "camp-taji 20"},
        {"geo": None},
        {"sites": "green-zone"},
        {"sites|expand": "%city%"},
        {"sites": None},
    ],
    ids=str,
)
def test_a_selection_that_does_not_hold_at_camp_taji(selection: Any) -> None:
    assert not holds(AT_TAJI, **selection)


def test_an_absent_place_is_not_even_another_one() -> None:
    assert not holds(at(None, None), **{"geo|within_km|neq": "green-zone 20"})


FIRE = detecting("fire", selection={"words|phrase": "rockets"})
AT_BASES = detecting("at_bases", selection={"sites|expand": "%bases%"})


def test_a_group_for_each_site() -> None:
    grouped = book(FIRE, correlating("many", ["fire"], group_by=["sites"]))

    groups = [signal.group for signal in make_signals(grouped, IN_THE_ZONE)]

    assert groups == [{"sites": "green-zone"}, {"sites": "union-iii"}]
    assert make_signals(grouped, at(0, 0)) == ()


def test_only_the_sites_that_a_rule_selects_are_counted() -> None:
    counting = {"type": "value_count", "condition": {"field": "sites", "gte": 2}}
    counted = book(AT_BASES, correlating("several", ["at_bases"], **counting))

    (signal,) = make_signals(counted, IN_THE_ZONE)

    assert signal.values == ("union-iii",)


def test_an_alert_says_the_names_of_sites_not_their_ids() -> None:
    counting = {"type": "value_count", "condition": {"field": "sites", "gte": 2}}
    rule = correlating("several", ["at_bases"], **counting)
    alert_texts = {"summary": "{{ values | join(', ') }}"}
    counted = book(
        AT_BASES, rule.model_copy(update={"alert": rule.alert.model_copy(update=alert_texts)})
    )

    (alert,) = replay(counted, [AT_TAJI, IN_THE_ZONE]).final

    assert alert.summary == "Camp Taji, Union III"


@pytest.mark.parametrize(
    ("selection", "message"),
    [
        ({"geo|within_km": "camp-tachi 20"}, "no site 'camp-tachi' (did you mean camp-taji?)"),
        ({"geo|within_km": "%basis% 20"}, "no list of sites 'basis' (did you mean bases?)"),
        ({"geo|within_km": "%proxies% 20"}, "this pack has no list of sites 'proxies'"),
        ({"geo|within_km": "camp-taji"}, "'camp-taji' has no distance"),
        ({"geo|within_km": "camp-taji 20km"}, "'20km' is no distance in kilometres"),
        ({"geo|within_km": "camp-taji 0"}, "'0' is no distance in kilometres"),
        ({"geo|within_km": "camp-taji -5"}, "'-5' is no distance in kilometres"),
        ({"geo|within_km": "camp-taji nan"}, "'nan' is no distance in kilometres"),
        ({"geo|within_km": "camp-taji 30000"}, "'30000' is no distance in kilometres"),
        ({"geo|within_km": 20}, "a place and a distance are a text, not 20"),
        ({"geo|within_km": ""}, "'' has no distance"),
        ({"place|within_km": "camp-taji 20"}, "within_km asks where an event is, not place"),
        ({"sites|within_km": "camp-taji 20"}, "within_km asks where an event is, not sites"),
        ({"geo|within_km|contains": "camp-taji 20"}, "within_km cannot be combined with contains"),
        ({"geo": "33.5,44.2"}, "geo is a point on the map"),
        ({"geo|contains": "33"}, "geo is a point on the map"),
        ({"geo|gte": 5}, "geo is a point on the map"),
        ({"sites": "camp-tachi"}, "no site 'camp-tachi' (did you mean camp-taji?)"),
        ({"sites|expand": "%proxies%"}, "proxies is a list of names, which sites never holds"),
        ({"entities|expand": "%bases%"}, "bases is a list of sites, which entities never holds"),
        ({"words|expand": "%bases%"}, "bases is a list of sites, which words never holds"),
        ({"sites|phrase": "taji"}, "a phrase never holds there"),
    ],
    ids=str,
)
def test_a_place_that_cannot_be_asked_for_is_refused_and_named(
    selection: Any, message: str
) -> None:
    _, (fault,) = compiled(detecting(selection=selection), places=PLACES)

    assert str(fault).startswith(f"rule.yaml:1: detection.selection.{next(iter(selection))}: ")
    assert message in str(fault)


def test_a_list_of_sites_of_a_name_already_given_is_left_out() -> None:
    twin = SiteList.model_validate({"name": "proxies", "sites": [TAJI]})
    lists: tuple[NamedList, ...] = (PROXIES,)

    places, (fault,) = compiled(lists=lists, places=(twin,))

    assert fault.message == "there is another list 'proxies'"
    assert derive_values(places, AT_TAJI, "sites") == ()
