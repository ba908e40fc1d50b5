"""Unanswered: how long the group is silent while Kafka is not."""

import pytest

from services.matcher.adapters.stream.unanswered import Unanswered


def is_too_long(unanswered: Unanswered, now: float) -> bool:
    return unanswered.is_too_long(now, is_kafka_there=True, is_unanswered=True)


def test_a_group_that_is_silent_for_half_a_minute_while_kafka_answers_is_too_long() -> None:
    unanswered = Unanswered()

    assert [is_too_long(unanswered, now) for now in (100.0, 129.9, 130.0)] == [False, False, True]


@pytest.mark.parametrize("there", [True, False])
def test_it_counts_anew_after_an_answer_or_while_kafka_is_away(*, there: bool) -> None:
    unanswered = Unanswered()
    is_too_long(unanswered, 100.0)

    assert not unanswered.is_too_long(129.0, is_kafka_there=there, is_unanswered=not there)

    assert [is_too_long(unanswered, now) for now in (130.0, 159.0, 160.0)] == [False, False, True]
