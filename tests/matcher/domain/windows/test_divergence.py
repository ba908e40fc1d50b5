from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.matcher.builders import APART, HOUR, NOON, by, hit
from tests.matcher.course import WindowCourse

LONG_AGO = NOON - 1000 * HOUR
Report = tuple[float, str, bool]


def course_of(stream: list[Report], since: datetime = LONG_AGO) -> WindowCourse:
    course = WindowCourse(APART, since=since)
    for number, (hours, side, threatens) in enumerate(stream):
        value = "1" if threatens else "0"
        course.take(by((side,), hit(hours, f"e{number}", values=(value,))))
    return course


TOGETHER: list[Report] = [
    (0, "iran", True),
    (1, "iran", True),
    (2, "proxies", True),
    (3, "proxies", True),
]
IRAN_ALONE: list[Report] = [(10, "iran", True), (10.5, "iran", True)]


def test_shares_that_move_apart_fire() -> None:
    course = course_of(
        [
            *TOGETHER,
            (10, "iran", True),
            (10.5, "iran", True),
            (11, "proxies", False),
            (11.5, "proxies", False),
        ]
    )

    assert course.last.value == 1
    assert course.last.explain == (
        "The shares of threaten in type lie 100% apart in the 4 hours up to 2020-01-14 23:30 UTC "
        "(iran 100%, proxies 0%; before 100%, 100%); the rule asks for 50% more than before."
    )


def test_shares_that_move_apart_by_just_what_is_asked_fire() -> None:
    later = [(11.0, "proxies", True), (11.5, "proxies", False)]

    assert course_of([*TOGETHER, *IRAN_ALONE, *later]).last.value == 0.5


def test_shares_that_stay_together_do_not_fire() -> None:
    later = [(hours + 10, side, threatens) for hours, side, threatens in TOGETHER]

    assert course_of([*TOGETHER, *later]).alerts == []


def test_shares_that_were_apart_before_do_not_fire() -> None:
    apart: list[Report] = [
        (0, "iran", True),
        (1, "iran", True),
        (2, "proxies", False),
        (3, "proxies", False),
    ]
    later = [(hours + 10, side, threatens) for hours, side, threatens in apart]

    assert course_of([*apart, *later]).alerts == []


def test_a_list_with_fewer_hits_than_the_floor_says_nothing() -> None:
    assert (
        course_of(
            [*TOGETHER, (10, "iran", True), (10.5, "iran", True), (11, "proxies", False)]
        ).alerts
        == []
    )


reports = st.tuples(
    st.integers(0, 60).map(lambda half: half / 2), st.sampled_from(APART.between), st.booleans()
)


@given(
    stream=st.lists(reports, min_size=1, max_size=24), since=st.integers(-40, 10), data=st.data()
)
def test_any_order_ends_in_the_divergences_by_definition(
    stream: list[Report], since: int, data: st.DataObject
) -> None:
    arrivals = data.draw(st.permutations(list(enumerate(stream))))
    course = WindowCourse(APART, since=NOON + timedelta(hours=since))

    for number, (hours, side, threatens) in arrivals:
        value = "1" if threatens else "0"
        course.take(by((side,), hit(hours, f"e{number}", values=(value,)))).restore()

    assert {alert.starts_at for alert in course.not_withdrawn} == expected(stream, since)


def expected(stream: list[Report], since: int) -> set[datetime]:
    firing = [
        at for at in sorted({hours for hours, _, _ in stream}) if _diverged(stream, at, since)
    ]
    starts = [at for n, at in enumerate(firing) if n == 0 or at - firing[n - 1] > 4]
    return {NOON + at * HOUR for at in starts}


def _diverged(stream: list[Report], at: float, since: int) -> bool:
    covered = min(12.0, at - 4 - since)
    if covered < 6:
        return False
    now = [report for report in stream if at - 4 < report[0] <= at]
    before = [report for report in stream if at - 4 - covered < report[0] <= at - 4]
    gaps = []
    for part in (now, before):
        sides = [[report[2] for report in part if report[1] == side] for side in APART.between]
        if min(map(len, sides)) < 2:
            return False
        shares = [sum(side) / len(side) for side in sides]
        gaps.append(abs(shares[0] - shares[1]))
    return gaps[0] - gaps[1] >= 0.5
