"""Which routes an alert takes, and which some revision of it may take."""

from hypothesis import given
from hypothesis import strategies as st

from services.notifier.domain.routing.labels import CHANGING, label_alert
from services.notifier.domain.routing.matchers import Labels, parse_matchers
from services.notifier.domain.routing.tree import Route, find_reachable, find_routes
from tests.notifier.alerts import alert

NAMES = ("level", "rule", "late", "pack")


def route(receiver: str, written: str, *below: Route, goes_on: bool = False) -> Route:
    return Route("here", receiver, parse_matchers(written), goes_on=goes_on, routes=below)


def receivers(root: Route, labels: Labels) -> list[str]:
    return [taken.receiver for taken in find_routes(root, labels)]


TREE = route(
    "top",
    "",
    route("all", "", goes_on=True),
    route("high", "level=high", route("march", "rule=march")),
    route("march", "rule=march"),
)


def test_the_first_route_that_matches_ends_the_search_unless_it_goes_on() -> None:
    assert receivers(TREE, {"level": ("high",)}) == ["all", "high"]
    assert receivers(TREE, {"level": ("high",), "rule": ("march",)}) == ["all", "march"]
    assert receivers(TREE, {"rule": ("march",)}) == ["all", "march"]


def test_where_no_route_below_matches_the_route_itself_is_taken() -> None:
    assert receivers(route("top", "", route("x", "level=high")), {"level": ("low",)}) == ["top"]


def test_what_may_change_reaches_every_route_that_it_may_lead_to() -> None:
    root = route("top", "", route("a", "level=high"), route("b", "rule=march"))

    march = find_reachable(root, {"rule": ("march",), "level": ("low",)})
    other = find_reachable(root, {"rule": ("x",), "level": ("low",)})

    assert [reached.receiver for reached in march] == ["a", "b"]
    assert [reached.receiver for reached in other] == ["a", "top"]


values = st.sampled_from(("x", "y"))
lines = st.lists(
    st.builds("{}{}{}".format, st.sampled_from(NAMES), st.sampled_from(("=", "!=")), values),
    max_size=2,
)
trees = st.recursive(
    st.builds(
        lambda name, line, goes_on: route(name, ",".join(line), goes_on=goes_on),
        st.sampled_from("abc"),
        lines,
        st.booleans(),
    ),
    lambda below: st.builds(
        lambda name, line, routes, goes_on: route(name, ",".join(line), *routes, goes_on=goes_on),
        st.sampled_from("abc"),
        lines,
        st.lists(below, max_size=3),
        st.booleans(),
    ),
    max_leaves=8,
)


@given(
    below=st.lists(trees, max_size=4),
    first=st.tuples(*[values] * 4),
    later=st.tuples(*[values] * 4),
)
def test_no_revision_takes_a_route_that_is_not_reachable(
    below: list[Route], first: tuple[str, ...], later: tuple[str, ...]
) -> None:
    root = route("top", "", *below)
    labels = {name: (value,) for name, value in zip(NAMES, first, strict=True)}
    changed = {name: (value,) for name, value in zip(NAMES, later, strict=True) if name in CHANGING}

    taken = find_routes(root, labels | changed)

    assert set(map(id, taken)) <= set(map(id, find_reachable(root, labels)))


def test_an_alert_has_a_label_for_each_field_of_its_group_and_each_flag() -> None:
    labels = label_alert(alert(late=True, hypotheses=("a", "b")))

    assert labels["group_country"] == ("IQ",)
    assert labels["hypothesis"] == ("a", "b")
    assert (labels["late"], labels["duty"], labels["storm"]) == (("true",), ("false",), ("false",))
    assert labels["rule"] == ("joint_march",)


def test_the_alert_about_a_storm_is_labelled_as_one() -> None:
    assert label_alert(alert(group={"storm": "reuters"}))["storm"] == ("true",)
