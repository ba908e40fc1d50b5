"""Which version of a report counts, whatever the order in which corrections come."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from schemas.retraction import Retraction
from services.matcher.domain.corrections.correct import correct, is_retracted
from services.matcher.domain.corrections.event_version import EventVersion
from tests.matcher.builders import NOON


@dataclass
class Versions:
    """What one signals partition knows, and what it has taken out of windows."""

    known: dict[str, EventVersion] = field(default_factory=dict)
    taken: list[frozenset[str]] = field(default_factory=list)

    def take(self, *retractions: Retraction) -> "Versions":
        for offset, retraction in enumerate(retractions):
            correction = correct(retraction, self.known.get, offset, offset)
            self.known |= correction.versions
            self.taken.append(correction.retracted)
        return self

    def counting(self, *identities: str) -> set[str]:
        return {one for one in identities if not is_retracted(one, self.known.get)}


def corrects(corrected: str, by: str, minutes: int) -> Retraction:
    at = NOON + timedelta(minutes=minutes)
    return Retraction(identity=corrected, by=by, recorded_at=at)


def test_a_corrected_event_never_counts_and_the_correction_does() -> None:
    assert Versions().take(corrects("a", "b", 1)).counting("a", "b", "other") == {"b", "other"}


def test_of_several_versions_of_one_event_the_last_recorded_counts() -> None:
    first, second = corrects("a", "b", 1), corrects("a", "c", 2)

    assert Versions().take(first, second).counting("a", "b", "c") == {"c"}
    assert Versions().take(second, first).counting("a", "b", "c") == {"c"}


def test_a_version_may_name_the_first_one_or_the_one_before_it() -> None:
    versions = (corrects("a", "b", 1), corrects("b", "c", 2), corrects("a", "d", 3))

    assert Versions().take(*versions).counting("a", "b", "c", "d") == {"d"}


def test_what_loses_its_place_to_a_later_version_is_taken_out() -> None:
    versions = Versions().take(corrects("a", "b", 1), corrects("a", "c", 2))

    assert versions.taken == [frozenset({"a"}), frozenset({"a", "b"})]


def test_a_version_that_comes_behind_a_later_one_is_taken_out_itself() -> None:
    versions = Versions().take(corrects("a", "c", 2), corrects("a", "b", 1))

    assert versions.taken[-1] == {"a", "b"}


def test_the_same_correction_again_changes_nothing() -> None:
    once = Versions().take(corrects("a", "b", 1), corrects("b", "c", 2))
    again = Versions().take(corrects("a", "b", 1), corrects("b", "c", 2), corrects("a", "b", 9))

    assert again.counting("a", "b", "c") == once.counting("a", "b", "c") == {"c"}


def test_events_that_correct_each_other_in_a_circle_count_neither() -> None:
    circle = (corrects("a", "b", 1), corrects("b", "c", 2), corrects("c", "a", 3))

    assert Versions().take(*circle).counting("a", "b", "c") == set()


def test_the_way_to_the_root_is_short_however_long_the_chain_and_in_whatever_order() -> None:
    chain = [corrects(f"v{number}", f"v{number + 1}", number) for number in range(1000)]

    for order in (chain, chain[::-1]):
        known = Versions().take(*order).known
        assert max(map(len, (_way(known, name) for name in known))) <= 11


def _way(known: dict[str, EventVersion], name: str) -> list[str]:
    way = [name]
    while (parent := known[way[-1]].parent) is not None:
        way.append(parent)
    return way


def test_a_version_lives_as_long_as_what_leads_to_it() -> None:
    chain = [corrects(f"v{number}", f"v{number + 1}", number) for number in range(40)]

    known = Versions().take(*chain).known

    for name in known:
        seen = [known[each].seen for each in _way(known, name)]
        assert seen == sorted(seen)


@st.composite
def histories(draw: st.DrawFn) -> list[Retraction]:
    """Corrections of three reports, each of a version that was recorded before it."""
    versions = [["a"], ["b"], ["c"]]
    history = []
    for number in range(draw(st.integers(1, 8))):
        of_one = draw(st.sampled_from(versions))
        history.append(corrects(draw(st.sampled_from(of_one)), f"v{number}", number))
        of_one.append(f"v{number}")
    return history


@given(history=histories(), data=st.data())
def test_in_any_order_the_last_recorded_version_of_each_report_counts(
    history: list[Retraction], data: st.DataObject
) -> None:
    order = data.draw(st.permutations([*history, *data.draw(st.lists(st.sampled_from(history)))]))

    versions = Versions().take(*order)

    reports = list(_reports(history))
    names = [name for report in reports for name in report]
    assert versions.counting(*names) == {report[-1] for report in reports}


@given(history=histories(), data=st.data())
def test_what_counted_and_counts_no_more_was_taken_out(
    history: list[Retraction], data: st.DataObject
) -> None:
    versions, names = Versions(), {name for report in _reports(history) for name in report}
    for retraction in data.draw(st.permutations(history)):
        before = versions.counting(*names)
        versions.take(retraction)
        after = versions.counting(*names)
        assert not after - before
        assert before - after <= versions.taken[-1]
        assert not versions.taken[-1] & after


def _reports(history: Sequence[Retraction]) -> list[list[str]]:
    """The versions of each report, in the order in which they were recorded."""
    reports = [["a"], ["b"], ["c"]]
    for retraction in history:
        next(one for one in reports if retraction.identity in one).append(retraction.by)
    return reports
