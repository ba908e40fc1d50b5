"""What the admin port shows of windows, as `correlate` has them."""

import pytest

from schemas.live_windows import LiveWindows
from services.matcher.adapters.correlation.correlate import Correlator
from services.matcher.adapters.correlation.live_windows import (
    MOST_WINDOWS,
    NoSuchRule,
    read_live_windows,
)
from tests.matcher.builders import HOUR, NOON, RULE, hit
from tests.matcher.correlate_worker import CorrelateWorker
from tests.matcher.correlation import ticks
from tests.matcher.messages import signal_message

KEY = (RULE.pack, RULE.name)


async def take_hits(correlation: Correlator, *hours: int, place: str = "Taji") -> None:
    for hour in hours:
        signal = hit(hour).model_copy(update={"group": {"place": place}})
        await correlation.take(signal_message(signal, offset=hour))


async def read_after(*hours: int) -> LiveWindows:
    correlation = CorrelateWorker(RULE).correlation
    await take_hits(correlation, *hours)
    await correlation.take(ticks(NOON + max(hours) * HOUR, offset=100))
    return read_live_windows(correlation, KEY, None)


async def test_a_window_says_what_it_holds_and_lacks() -> None:
    (window,) = (await read_after(0, 1)).windows

    assert window.group == {"place": "Taji"}
    assert [report.at for report in window.held] == [NOON + HOUR, NOON]
    assert [report.leaves - report.at for report in window.held] == [RULE.timespan] * 2
    assert (window.count, window.firing) == (2, ())
    assert window.distance.startswith("2 of 3")


async def test_a_window_that_fires_says_why() -> None:
    (window,) = (await read_after(0, 1, 2)).windows

    assert window.distance == ""
    assert "the rule asks for at least 3" in window.firing[0]


async def test_what_has_left_the_window_is_not_held() -> None:
    correlation = CorrelateWorker(RULE).correlation
    await take_hits(correlation, 0, 1)
    await correlation.take(ticks(NOON + RULE.timespan, offset=100))

    (window,) = read_live_windows(correlation, KEY, None).windows

    assert [report.at for report in window.held] == [NOON + HOUR]


async def test_the_groups_that_changed_last_are_shown_and_all_are_counted() -> None:
    correlation = CorrelateWorker(RULE).correlation
    for number in range(MOST_WINDOWS + 2):
        await take_hits(correlation, number, place=f"place {number}")

    answer = read_live_windows(correlation, KEY, None)

    assert answer.groups == MOST_WINDOWS + 2
    shown = [window.group["place"] for window in answer.windows]
    assert shown == [f"place {number}" for number in range(MOST_WINDOWS + 1, 1, -1)]


async def test_a_group_is_found_by_one_of_its_values() -> None:
    correlation = CorrelateWorker(RULE).correlation
    await take_hits(correlation, 0, place="Taji")
    await take_hits(correlation, 1, place="place")

    answer = read_live_windows(correlation, KEY, "place")

    assert [window.group for window in answer.windows] == [{"place": "place"}]


async def test_reading_changes_nothing() -> None:
    table: dict[bytes, bytes] = {}
    correlation = CorrelateWorker(RULE, table).correlation
    await take_hits(correlation, 0, 1)
    before = dict(table)

    read_live_windows(correlation, KEY, None)

    assert table == before


async def test_a_rule_with_a_longer_name_is_another() -> None:
    longer = RULE.name + "s"
    correlation = CorrelateWorker(RULE).correlation
    await take_hits(correlation, 0)

    with pytest.raises(NoSuchRule):
        read_live_windows(correlation, (RULE.pack, longer), None)
    with pytest.raises(NoSuchRule):
        read_live_windows(correlation, (RULE.pack, RULE.name[:-1]), None)


async def test_the_partitions_of_this_worker_are_named() -> None:
    answer = await read_after(0)

    assert (answer.partitions, answer.partition_count) == ((1,), 2)
