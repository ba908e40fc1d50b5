"""What the answers of a receiver show of it."""

from datetime import timedelta

import pytest

from services.notifier.domain.errors import (
    RateLimited,
    ReceiverDown,
    RetryableError,
    UnknownOutcome,
)
from services.notifier.domain.receiver_state import (
    LONGEST_LIMIT,
    LONGEST_PAUSE,
    PATIENCE,
    ReceiverState,
    record_answer,
    record_failure,
    record_limit,
)
from services.notifier.domain.urgency import ALL_LANES, Lane
from tests.notifier.alerts import NOON, SECOND

NEW = ReceiverState()


def test_a_limit_of_one_method_leaves_the_other_open() -> None:
    limited = record_limit(NEW, RateLimited("429", 30 * SECOND, Lane.EDIT), NOON)

    assert limited.open_lanes(NOON + 29 * SECOND) == (Lane.POST,)
    assert limited.open_lanes(NOON + 30 * SECOND) == ALL_LANES


def test_a_limit_of_the_receiver_pauses_every_lane() -> None:
    limited = record_limit(NEW, RateLimited("429", 30 * SECOND), NOON)

    assert limited.open_lanes(NOON) == ()


@pytest.mark.parametrize(
    ("asked", "pause"),
    [
        (None, SECOND),
        (timedelta(0), SECOND),
        (timedelta(days=1), LONGEST_LIMIT),
        (3 * SECOND, 3 * SECOND),
    ],
    ids=str,
)
def test_a_limit_lasts_a_second_at_least_and_minutes_at_most(
    asked: timedelta | None, pause: timedelta
) -> None:
    limited = record_limit(NEW, RateLimited("429", asked, Lane.POST), NOON)

    assert limited.reopens_at(Lane.POST, NOON) == NOON + pause


def test_a_limit_is_no_fault() -> None:
    limited = record_limit(NEW, RateLimited("429"), NOON)

    assert limited.describe_fault(NOON + 2 * PATIENCE) is None


@pytest.mark.parametrize("error", [UnknownOutcome("500"), RetryableError("odd")], ids=repr)
def test_one_failure_may_be_the_messages_and_pauses_nothing(error: Exception) -> None:
    failed = record_failure(NEW, error, NOON)

    assert failed.open_lanes(NOON) == ALL_LANES
    assert failed.describe_fault(NOON + 2 * PATIENCE) is None


def test_failures_in_a_row_pause_for_longer_up_to_half_a_minute() -> None:
    state, pauses = NEW, []
    for _ in range(9):
        state = record_failure(state, UnknownOutcome("500"), NOON)
        pauses.append(state.reopens_at(Lane.POST, NOON) - NOON)

    assert [pause.total_seconds() for pause in pauses[:5]] == [0, 2, 4, 8, 16]
    assert pauses[-1] == LONGEST_PAUSE


def test_a_receiver_that_never_answers_is_down_after_a_minute() -> None:
    state = record_failure(
        record_failure(NEW, UnknownOutcome("a"), NOON), UnknownOutcome("b"), NOON
    )

    assert state.describe_fault(NOON + PATIENCE - SECOND) is None
    assert state.describe_fault(NOON + PATIENCE) == "nothing sent since 12:00:00 UTC: b"


def test_a_receiver_that_refuses_everything_is_down_at_once_until_it_answers() -> None:
    down = record_failure(NEW, ReceiverDown("token_revoked"), NOON)

    assert down.describe_fault(NOON) == "token_revoked"
    assert down.open_lanes(NOON) == ()
    assert record_answer(down).describe_fault(NOON) is None


def test_one_that_cannot_be_reached_is_paused_at_once_and_down_after_a_minute() -> None:
    error = ReceiverDown("refused", is_refusal=False)
    state = record_failure(NEW, error, NOON)

    assert state.open_lanes(NOON) == ()
    assert record_failure(state, error, NOON).describe_fault(NOON) is None
    assert record_failure(state, error, NOON).describe_fault(NOON + PATIENCE) is not None


def test_an_answer_ends_no_limit() -> None:
    limited = record_limit(NEW, RateLimited("429", 30 * SECOND, Lane.EDIT), NOON)

    assert record_answer(limited).open_lanes(NOON) == (Lane.POST,)
