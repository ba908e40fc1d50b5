from datetime import timedelta

import pytest

from services.matcher.domain.windows.durations import format_duration, round_duration


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(days=7), "7 days"),
        (timedelta(hours=1), "1 hour"),
        (timedelta(minutes=90), "90 minutes"),
        (timedelta(seconds=1), "1 second"),
    ],
    ids=["days", "one hour", "minutes", "one second"],
)
def test_lengths_of_time_are_said_in_the_largest_whole_unit(length: timedelta, words: str) -> None:
    assert format_duration(length) == words


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(hours=47), "1 day"),
        (timedelta(hours=23, minutes=59), "23 hours"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(seconds=59), "less than a minute"),
    ],
    ids=str,
)
def test_what_is_left_is_rounded_down_to_its_largest_unit(length: timedelta, words: str) -> None:
    assert round_duration(length) == words
