"""Levels that no observations can lead to."""

from typing import Any

from services.matcher.domain.hypotheses.reach import list_unreachable
from tests.matcher.hypotheses import hypothesis

WEIGHTS = {"rockets": 2.0, "march": 2.0, "calm": -1.0}


def march(factor: float, **fields: Any) -> dict[str, Any]:
    return {
        "title": "The march",
        "when": "2020-01-24",
        "weights": {"march": factor, "calm": factor},
        **fields,
    }


def test_a_level_above_all_weights_is_named_with_both_scores() -> None:
    assert list(list_unreachable(hypothesis(WEIGHTS))) == [
        "high asks for 10, and all weights together come to 4"
    ]


def test_a_level_that_is_reached_only_around_an_event_is_not() -> None:
    assert list(list_unreachable(hypothesis(WEIGHTS, scheduled=[march(4)]))) == []


def test_events_at_different_times_do_not_add_up() -> None:
    events = [march(3), march(3, when="2020-01-26")]

    assert len(list(list_unreachable(hypothesis(WEIGHTS, scheduled=events)))) == 1


def test_an_event_that_makes_weights_smaller_leaves_the_time_beside_it() -> None:
    levels = {"watch": 1, "elevated": 2, "high": 4}
    watched = hypothesis(WEIGHTS, scheduled=[march(0.1)], levels=levels)

    assert list(list_unreachable(watched)) == []
