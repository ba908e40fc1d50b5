"""Thresholds: as low as held-out examples allow."""

from services.matcher.domain.reader.thresholds import (
    OUT_OF_REACH,
    ScoredHead,
    choose_threshold,
    limit_firings,
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


def test_thresholds_stay_where_news_fires_as_seldom_as_allowed() -> None:
    heads = [ScoredHead(1.0, news=(0.5, 1.0)), ScoredHead(2.0, news=(2.5,))]
    assert limit_firings(heads, 2) == [1.0, 2.0]


def test_the_threshold_is_raised_that_loses_the_fewest_examples() -> None:
    dear = ScoredHead(1.0, positives=(1.1, 1.2), news=(1.5,))
    cheap = ScoredHead(1.0, positives=(3.0,), news=(2.0,))
    kept, raised = limit_firings([dear, cheap], 1)
    assert kept == 1.0
    assert 2.0 < raised < 2.001
