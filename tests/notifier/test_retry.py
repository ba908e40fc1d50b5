import pytest

from services.notifier.domain.retry import (
    LOOKUP_PATIENCE,
    compute_retry_time,
    is_lookup_worthwhile,
)
from tests.notifier.alerts import NOON, SECOND


@pytest.mark.parametrize(
    ("attempts", "seconds"), [(1, 1), (2, 2), (3, 4), (6, 32), (7, 60), (1000, 60)]
)
def test_the_wait_doubles_up_to_a_minute(attempts: int, seconds: int) -> None:
    assert compute_retry_time(NOON, attempts, 0.0) == NOON + seconds * SECOND


def test_jitter_takes_up_to_a_half_off() -> None:
    assert compute_retry_time(NOON, 3, 1.0) == NOON + 2 * SECOND


def test_looking_ends_after_some_minutes() -> None:
    assert is_lookup_worthwhile(NOON, NOON + LOOKUP_PATIENCE - SECOND)
    assert not is_lookup_worthwhile(NOON, NOON + LOOKUP_PATIENCE)
