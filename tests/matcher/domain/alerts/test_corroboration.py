"""Corroboration: which evidence of how many owners is enough."""

import msgspec
import pytest

from schemas.rule import Corroboration
from services.matcher.domain.alerts.corroboration import is_corroborated
from services.matcher.domain.windows.state import Hit, make_hit
from tests.matcher.builders import HOUR, hit

TWO = Corroboration(sources=2, within=HOUR)
GRADED = Corroboration(sources=2, within=HOUR, min_reliability="B")


def by_owner(hours: float, *owners: str, grade: str | None = None) -> Hit:
    known = make_hit(hit(hours, owner=owners[0]))
    return msgspec.structs.replace(
        known, owners=owners, report={**known.report, "reliability": grade}
    )


def test_a_rule_that_asks_for_nothing_is_content_with_nothing() -> None:
    assert is_corroborated(None, ())
    assert not is_corroborated(TWO, ())


def test_owners_report_within_the_time_asked_edge_included() -> None:
    first = by_owner(0, "reuters")

    assert is_corroborated(TWO, (first, by_owner(1, "afp")))
    assert not is_corroborated(TWO, (first, by_owner(1.001, "afp")))


def test_without_a_time_any_distance_will_do() -> None:
    evidence = (by_owner(0, "reuters"), by_owner(1000, "afp"))

    assert is_corroborated(TWO.model_copy(update={"within": None}), evidence)


def test_owners_count_once_and_one_hit_may_have_several() -> None:
    assert not is_corroborated(TWO, (by_owner(0, "afp"), by_owner(0.5, "afp")))
    assert is_corroborated(TWO, (by_owner(0, "afp", "reuters"),))


@pytest.mark.parametrize(
    ("grade", "enough"), [("A", True), ("B", True), ("C", False), ("F", False), (None, False)]
)
def test_only_a_known_grade_at_least_as_good_as_asked_counts(
    grade: str | None, enough: bool
) -> None:
    assert is_corroborated(GRADED, (by_owner(0, "afp", "reuters", grade=grade),)) is enough


def test_an_unknown_grade_is_not_good_enough_for_the_worst_that_can_be_asked() -> None:
    worst = GRADED.model_copy(update={"min_reliability": "E"})

    assert is_corroborated(worst, (by_owner(0, "afp", "reuters", grade="E"),))
    assert not is_corroborated(worst, (by_owner(0, "afp", "reuters", grade="F"),))
