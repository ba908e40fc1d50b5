"""Progress: partitions on which messages wait and none is processed."""

from faust.types import TP

from services.matcher.adapters.stream.progress import Lag, Progress

EVENTS = TP("vedette.events", 0)
SIGNALS = TP("vedette.signals", 3)


def stalled_after(*steps: tuple[float, Lag]) -> list[TP]:
    progress = Progress(seconds=300)
    *before, (now, lag) = steps
    for earlier, then in before:
        progress.find_stalled({EVENTS: then}, earlier)
    return progress.find_stalled({EVENTS: lag}, now)


def test_five_minutes_without_a_message_processed_is_stalled() -> None:
    assert stalled_after((0, Lag(7, 1)), (299, Lag(7, 4))) == []
    assert stalled_after((0, Lag(7, 1)), (300, Lag(7, 4))) == [EVENTS]


def test_a_processed_message_is_progress() -> None:
    assert stalled_after((0, Lag(7, 9)), (200, Lag(8, 9)), (300, Lag(8, 9))) == []


def test_where_nothing_waits_nothing_is_stalled() -> None:
    assert stalled_after((0, Lag(7, 1)), (200, Lag(7, 0)), (300, Lag(7, 1))) == []


def test_each_partition_counts_for_itself() -> None:
    progress = Progress(seconds=300)
    progress.find_stalled({EVENTS: Lag(7, 1), SIGNALS: Lag(2, 1)}, 0)

    assert progress.find_stalled({EVENTS: Lag(9, 1), SIGNALS: Lag(2, 1)}, 300) == [SIGNALS]


def test_time_in_which_nothing_can_be_processed_does_not_count() -> None:
    progress = Progress(seconds=300)
    progress.find_stalled({EVENTS: Lag(7, 1)}, 0)
    progress.forget()

    assert progress.find_stalled({EVENTS: Lag(7, 1)}, 300) == []
