"""Thresholds: as low as held-out examples allow."""

from services.matcher.domain.reader.thresholds import (
    OUT_OF_REACH,
    choose_threshold,
    temper,
)


def test_the_threshold_is_the_lowest_score_that_is_right_often_enough() -> None:
    scored = [(5.0, True), (4.0, True), (3.0, False), (2.0, True), (1.0, False), (0.0, True)]
    assert choose_threshold(scored, 1.0) == 4.0
    assert choose_threshold(scored, 0.75) == 2.0
    assert choose_threshold(scored, 0.6) == 0.0


def test_a_head_that_is_never_right_enough_fires_never() -> None:
    assert choose_threshold([(2.0, False), (1.0, True)], 0.75) == OUT_OF_REACH
    assert choose_threshold([], 0.75) == OUT_OF_REACH


def test_equal_scores_are_no_better_for_their_order() -> None:
    assert choose_threshold([(1.0, True), (1.0, False)], 0.75) == OUT_OF_REACH


def test_a_threshold_leans_on_that_of_all_heads() -> None:
    assert temper(2.0, 1.0) == 1.5
    assert temper(OUT_OF_REACH, 1.0) == OUT_OF_REACH
