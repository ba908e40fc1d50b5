import pytest

from services.ingest.domain.pulling.schedule import find_delay


@pytest.mark.parametrize(
    ("poll", "failures", "wait", "seconds"),
    [
        (300, 0, None, 300),
        (300, 1, None, 600),
        (300, 3, None, 2400),
        (300, 4, None, 3600),
        (300, 100, None, 3600),
        (7200, 1, None, 7200),
        (300, 1, 4000, 4000),
        (300, 1, 10, 600),
        (300, 0, 400, 400),
        (0, 0, None, 0),
        (0, 1, None, 10),
        (0, 100, None, 3600),
    ],
)
def test_a_failing_source_is_asked_less_and_never_sooner_than_it_says(
    poll: float, failures: int, wait: float | None, seconds: float
) -> None:
    assert find_delay(poll, failures, wait, 0) == seconds


def test_sources_that_begin_together_are_spread() -> None:
    assert find_delay(300, 0, None, 1) == pytest.approx(330)
