import pytest

from schemas.score_floor import ScoreFloor
from services.matcher.domain.backtest.score import Score, Tally
from services.matcher.domain.backtest.score_floors import find_failed_floors

LABELLED = Score(
    reports=10,
    tallies={
        ("march", "en"): Tally(found=3, missed=1),
        ("march", "ar"): Tally(found=1, missed=3, false=1),
    },
)
NEWS = Score(reports=20_000, tallies={("march", "en"): Tally(false=3)})


def failed(**floor: object) -> list[str]:
    return list(find_failed_floors([ScoreFloor.model_validate(floor)], LABELLED, NEWS))


def test_a_floor_that_is_just_reached_holds() -> None:
    assert failed(recall=0.5, precision=0.8, false_alarms=1.5) == []


@pytest.mark.parametrize(
    ("floor", "line"),
    [
        ({"recall": 0.51}, "floor of all rules, all languages: recall 0.500 is below 0.51"),
        ({"precision": 0.9}, "floor of all rules, all languages: precision 0.800 is below 0.9"),
        (
            {"rule": "march", "language": "ar", "recall": 0.3},
            "floor of march, ar: recall 0.250 is below 0.3",
        ),
        (
            {"false_alarms": 1.4},
            "floor of all rules, all languages: 1.5 false alarms per 10,000 exceed 1.4",
        ),
    ],
    ids=["recall", "precision", "a rule in a language", "news"],
)
def test_a_floor_that_is_missed_says_by_how_much(floor: dict[str, object], line: str) -> None:
    assert failed(**floor) == [line]


def test_what_nothing_measures_does_not_fail() -> None:
    assert failed(rule="rockets", recall=0.9, precision=0.9, false_alarms=0) == []
    negatives = Score(tallies={("march", "en"): Tally(false=1)})
    assert list(find_failed_floors([ScoreFloor(precision=0.9)], negatives, None)) == []
    assert list(find_failed_floors([ScoreFloor(false_alarms=0)], LABELLED, None)) == []
    assert list(find_failed_floors([ScoreFloor(false_alarms=0)], LABELLED, Score())) == []


def test_a_floor_without_a_bound_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a recall, a precision or false_alarms"):
        ScoreFloor(rule="march")
