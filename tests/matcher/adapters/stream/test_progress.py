"""Partitions on which nothing is done although something waits."""

from faust.types import TP

from services.matcher.adapters.stream.progress import Lag, Progress

PLACE = TP("vedette.events", 0)
OTHER = TP("vedette.signals", 3)


def asked(*steps: tuple[float, Lag]) -> list[TP]:
    progress = Progress(seconds=300)
    *before, (now, lag) = steps
    for earlier, then in before:
        progress.stalled({PLACE: then}, earlier)
    return progress.stalled({PLACE: lag}, now)


def test_what_waits_for_five_minutes_without_a_message_done_is_stalled() -> None:
    assert asked((0, Lag(7, 1)), (299, Lag(7, 4))) == []
    assert asked((0, Lag(7, 1)), (300, Lag(7, 4))) == [PLACE]


def test_a_message_done_is_progress() -> None:
    assert asked((0, Lag(7, 9)), (200, Lag(8, 9)), (300, Lag(8, 9))) == []


def test_where_nothing_waits_nothing_is_stalled() -> None:
    assert asked((0, Lag(7, 1)), (200, Lag(7, 0)), (300, Lag(7, 1))) == []


def test_each_partition_counts_for_itself() -> None:
    progress = Progress(seconds=300)
    progress.stalled({PLACE: Lag(7, 1), OTHER: Lag(2, 1)}, 0)

    assert progress.stalled({PLACE: Lag(9, 1), OTHER: Lag(2, 1)}, 300) == [OTHER]


def test_a_while_in_which_nothing_could_be_done_does_not_count() -> None:
    progress = Progress(seconds=300)
    progress.stalled({PLACE: Lag(7, 1)}, 0)
    progress.forget()

    assert progress.stalled({PLACE: Lag(7, 1)}, 300) == []
