"""Announced alerts behave as a tuple of them, and share the panes that they keep."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from schemas.alert import Level, Status
from services.matcher.domain.windows.announced_alerts import (
    LARGEST_ALERT_PANE,
    SMALLEST_ALERT_PAIR,
    AnnouncedAlert,
    AnnouncedAlerts,
)


def alert(number: int, status: Status = Status.FIRING) -> AnnouncedAlert:
    return AnnouncedAlert(f"a{number}", 1, status, number, number + 5, Level.HIGH, 1, 1, 0, 0)


statuses = st.sampled_from((Status.FIRING, Status.RESOLVED))
many = st.lists(st.tuples(st.integers(0, 200), statuses), max_size=150, unique_by=lambda at: at[0])
ids = st.sets(st.integers(0, 200).map("a{}".format), max_size=40)


def make(drawn: list[tuple[int, Status]]) -> tuple[AnnouncedAlert, ...]:
    return tuple(alert(number, status) for number, status in drawn)


@given(many, ids, ids, many)
def test_they_are_changed_as_a_tuple_of_them_is(
    drawn: list[tuple[int, Status]],
    revised: set[str],
    dropped: set[str],
    more: list[tuple[int, Status]],
) -> None:
    plain, behind = make(drawn), tuple(replace(each, revision=9) for each in make(more))
    new = {each.id: replace(each, revision=2) for each in plain if each.id in revised}

    changed = AnnouncedAlerts.of(plain).revise(new).filter(lambda each: each.id not in dropped)

    kept = (new.get(each.id, each) for each in plain if each.id not in dropped)
    assert changed.append(behind) == (*kept, *behind)


@given(many, ids, st.integers(0, 200), st.integers(0, 200))
def test_they_are_found_as_in_a_tuple_of_them(
    drawn: list[tuple[int, Status]], wanted: set[str], first: int, last: int
) -> None:
    plain, alerts = make(drawn), AnnouncedAlerts.of(make(drawn))
    firing = [each for each in plain if each.status is Status.FIRING]

    assert alerts.among(wanted) == [each for each in plain if each.id in wanted]
    assert alerts.starting(first, last) == [each for each in plain if first <= each.start <= last]
    assert alerts.firing_until(last) == [each for each in firing if each.last <= last]
    assert alerts.newest(first % 9) == plain[len(plain) - min(first % 9, len(plain)) :]
    assert alerts.count_firing == len(firing)
    assert alerts.first_end == min((each.last for each in firing), default=None)
    lasts = [each.last for each in plain]
    assert alerts.lasts == ((min(lasts), max(lasts)) if plain else None)


@given(many, ids)
def test_a_pane_with_other_alerts_has_another_number(
    drawn: list[tuple[int, Status]], dropped: set[str]
) -> None:
    """What is stored under a number is never written over while a head names it."""
    before = AnnouncedAlerts.of(make(drawn))

    after = before.filter(lambda each: each.id not in dropped).append([alert(500)])

    stored = {pane.number: pane.items for pane in before.panes}
    assert all(stored.get(pane.number, pane.items) is pane.items for pane in after.panes)
    assert len({pane.number for pane in after.panes}) == len(after.panes)


def test_one_that_is_revised_or_comes_changes_one_pane() -> None:
    before = AnnouncedAlerts.of(map(alert, range(10 * LARGEST_ALERT_PANE)))

    revised = before.revise({"a70": replace(alert(70), revision=2)})
    grown = revised.append([alert(1000)]).append([alert(1001)])

    assert len({*before.panes} - {*revised.panes}) == 1
    assert revised.panes == grown.panes[:-1]
    assert before.revise({"a70": before[70]}) is before
    assert [each.revision for each in revised.compare(before)[1] if each.id == "a70"] == [2]


def test_panes_that_shrink_are_joined() -> None:
    before = AnnouncedAlerts.of(map(alert, range(10 * LARGEST_ALERT_PANE)))

    after = before.filter(lambda each: each.start % LARGEST_ALERT_PANE < 2)

    assert max(len(pane.items) for pane in after.panes) <= SMALLEST_ALERT_PAIR
    assert len(after.panes) == 2
