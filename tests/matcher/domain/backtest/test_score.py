import pytest

from services.matcher.domain.backtest.score import Label, Score, Tally, score_report
from tests.matcher.rules import detecting, report, rulebook

BOOK = rulebook(
    detecting("rockets", selection={"words|phrase": "rocket*"}),
    detecting("march", selection={"words|phrase": "march"}),
)
ROCKETS = Label(expect=frozenset({"rockets"}))


def test_a_rule_that_must_match_is_found_or_missed() -> None:
    score = score_report(BOOK, report("Rockets fell."), ROCKETS)
    missed = score_report(BOOK, report("Projectiles fell."), ROCKETS)

    assert (score.found, score.missed, score.is_right) == (ROCKETS.expect, frozenset(), True)
    assert (missed.found, missed.missed, missed.is_right) == (frozenset(), ROCKETS.expect, False)


def test_a_rule_that_the_label_does_not_name_is_a_false_alarm() -> None:
    scored = score_report(BOOK, report("Rockets on the march."), ROCKETS)

    assert (list(scored.false), scored.is_right) == (["march"], False)


def test_a_rule_that_may_match_is_neither_found_nor_false() -> None:
    either = Label(expect=frozenset({"rockets"}), allow=frozenset({"march"}))

    with_it = score_report(BOOK, report("Rockets on the march."), either)
    without = score_report(BOOK, report("Rockets fell."), either)

    assert with_it.is_right
    assert without.is_right
    assert with_it.found == {"rockets"}


def test_a_score_adds_up_by_rule_and_language() -> None:
    score = Score()
    for language, text in (("en", "Rockets."), ("en-GB", "Rain."), ("ar", "Rockets on the march.")):
        score.add(score_report(BOOK, report(text, language=language), ROCKETS))

    assert score.reports == 3
    assert score.tallies[("rockets", "en")] == Tally(found=1, missed=1)
    assert score.total(language="ar") == Tally(found=1, false=1)
    assert score.total("rockets") == Tally(found=2, missed=1)
    assert score.total() == Tally(found=2, missed=1, false=1)


def test_a_report_without_a_language_counts_as_undetermined() -> None:
    score = Score()
    score.add(score_report(BOOK, report("Rockets."), ROCKETS))

    assert score.total(language="und") == Tally(found=1)


@pytest.mark.parametrize(
    ("tally", "recall", "precision"),
    [
        (Tally(found=3, missed=1, false=2), 0.75, 0.6),
        (Tally(missed=1), 0.0, None),
        (Tally(false=1), None, 0.0),
        (Tally(), None, None),
    ],
    ids=["both", "nothing matched", "nothing expected", "nothing at all"],
)
def test_a_share_of_nothing_is_none(
    tally: Tally, recall: float | None, precision: float | None
) -> None:
    assert (tally.recall, tally.precision) == (recall, precision)


def test_false_alarms_are_counted_for_ten_thousand_reports() -> None:
    score = Score()
    assert score.per_10000 is None

    for text in ("Rockets on the march.", "Rain.", "Rain.", "Rain."):
        score.add(score_report(BOOK, report(text), Label()))

    assert score.per_10000 == 5_000


def test_false_hits_are_counted_for_a_hundred_reports_of_a_language() -> None:
    score = Score()
    for language, text in (("en", "Rockets on the march."), ("en", "Rain."), ("ar", "Rain.")):
        score.add(score_report(BOOK, report(text, language=language), Label()))

    assert (score.per_100("en"), score.per_100("ar")) == (100, 0)
