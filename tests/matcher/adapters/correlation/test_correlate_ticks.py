"""correlate and time: ticks end episodes, and what has ended is forgotten once Kafka has it."""

import asyncio
from datetime import timedelta

from schemas.alert import Status
from tests.matcher.builders import HOUR, NOON, hit, retraction
from tests.matcher.correlate_worker import CorrelateWorker
from tests.matcher.correlation import AFTER, states_in, ticks
from tests.matcher.messages import signal_message, tick, tick_message

LONG_AFTER = NOON + 10_000 * HOUR


async def test_a_tick_past_the_end_of_an_episode_resolves_it() -> None:
    worker = await CorrelateWorker().take(signal_message(hit(0), 1), ticks(AFTER, 2))

    assert worker.revisions == [(Status.FIRING, 1), (Status.RESOLVED, 2)]


async def test_a_tick_before_the_end_changes_nothing_but_the_clock() -> None:
    worker = await CorrelateWorker().take(signal_message(hit(0), 1))
    kept = dict(worker.table)

    await worker.take(ticks(NOON + HOUR, 2))

    assert worker.revisions == [(Status.FIRING, 1)]
    assert {key: worker.table[key] for key in kept} == kept


async def test_nothing_resolves_before_every_events_partition_has_ticked() -> None:
    both = [
        tick_message(tick(AFTER, partition, partitions=2), offset=2 + partition)
        for partition in (0, 1)
    ]
    worker = await CorrelateWorker().take(signal_message(hit(0), 1), both[0])

    silent = list(worker.revisions)
    await worker.take(both[1])

    assert silent == [(Status.FIRING, 1)]
    assert worker.revisions[1:] == [(Status.RESOLVED, 2)]


async def test_the_clock_and_the_schedule_survive_a_restart() -> None:
    first = await CorrelateWorker().take(
        signal_message(hit(0), 1), tick_message(tick(AFTER, 0, partitions=2), offset=2)
    )

    later = await first.restarted().take(tick_message(tick(AFTER, 1, partitions=2), offset=3))

    assert later.revisions == [(Status.RESOLVED, 2)]


async def test_a_tick_seen_again_sends_again_what_it_led_to() -> None:
    first = await CorrelateWorker().take(signal_message(hit(0), 1), ticks(AFTER, 2))

    again = await first.restarted().take(ticks(AFTER, 2))

    assert again.alerts == first.alerts[1:]


async def test_a_tick_broken_off_before_its_clock_was_kept_is_applied_again() -> None:
    worker = await CorrelateWorker().take(signal_message(hit(0), 1))
    clock_less = dict(worker.table)
    await worker.take(ticks(AFTER, 2))
    state = next(key for key in clock_less)
    clock_less[state] = worker.table[state]

    again = await CorrelateWorker(table=clock_less).take(ticks(AFTER, 2))

    assert again.alerts == worker.alerts[1:]


async def test_a_state_ahead_of_a_repeated_tick_is_still_due_for_the_next() -> None:
    worker = await CorrelateWorker().take(signal_message(hit(0), 3))

    later = await worker.restarted().take(ticks(AFTER, 2), ticks(AFTER, 4))

    assert later.revisions == [(Status.FIRING, 1), (Status.RESOLVED, 2)]


async def test_a_tick_of_another_partition_leaves_these_states_alone() -> None:
    worker = await CorrelateWorker().take(signal_message(hit(0), 1))

    await worker.take(tick_message(tick(AFTER, 0), partition=2, offset=1))

    assert worker.revisions == [(Status.FIRING, 1)]


async def test_a_state_is_deleted_only_when_kafka_has_its_last_alerts() -> None:
    worker = await CorrelateWorker().take(signal_message(hit(0), 1))
    worker.sender.silent = True
    before = dict(worker.table)

    taking = asyncio.create_task(worker.correlation.take(ticks(LONG_AFTER, 2)))
    await asyncio.sleep(0)
    held = dict(worker.table)
    worker.sender.acknowledge()
    await taking

    assert held == before
    assert not states_in(before).keys() & worker.table.keys()
    assert worker.revisions[-1] == (Status.RESOLVED, 2)


async def test_an_alert_that_is_forgotten_as_it_resolves_is_on_kafka_before() -> None:
    worker = await CorrelateWorker().take(
        signal_message(hit(0), 1), signal_message(retraction(300, "other"), 2)
    )
    worker.sender.silent = True
    before = dict(worker.table)

    taking = asyncio.create_task(worker.correlation.take(ticks(NOON + 300 * HOUR, 3)))
    await asyncio.sleep(0)
    held = dict(worker.table)
    worker.sender.acknowledge()
    await taking

    assert held == before
    assert worker.revisions[-1] == (Status.RESOLVED, 2)
    assert (len(worker.state.announced), len(worker.state.retractions)) == (0, 1)


async def test_an_alert_is_forgotten_only_when_kafka_has_its_earlier_revisions() -> None:
    worker = await CorrelateWorker().take(signal_message(retraction(300, "other"), 1))
    worker.sender.silent = True
    later = NOON + 300 * HOUR
    await worker.take(signal_message(hit(0), 2), ticks(AFTER, 3), ticks(later, 4), ticks(later, 5))
    before = dict(worker.table)

    taking = asyncio.create_task(worker.correlation.take(signal_message(hit(300), 6)))
    await asyncio.sleep(0)
    held = dict(worker.table)
    worker.sender.acknowledge()
    await taking

    assert (worker.revisions[1], held) == ((Status.RESOLVED, 2), before)
    assert [alert.id for alert in worker.state.announced] == [worker.alerts[-1].id]


async def test_what_is_forgotten_is_not_due_again() -> None:
    worker = await CorrelateWorker().take(signal_message(hit(0), 1), ticks(LONG_AFTER, 2))
    before = list(worker.revisions)

    await worker.take(ticks(LONG_AFTER + timedelta(hours=1), 3))

    assert worker.revisions == before
    assert worker.dead_letters == []


async def test_of_a_tick_that_is_left_out_the_time_counts_and_the_next_resolves() -> None:
    worker = await CorrelateWorker().take(signal_message(hit(0), 1))

    await worker.correlation.pass_over(tick_message(tick(AFTER, 0, partitions=2), offset=2))
    silent = list(worker.revisions)
    later = await worker.restarted().take(tick_message(tick(AFTER, 1, partitions=2), offset=3))

    assert silent == [(Status.FIRING, 1)]
    assert later.revisions == [(Status.RESOLVED, 2)]
