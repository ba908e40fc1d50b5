"""correlate: a rule grades or ends alerts otherwise; those announced follow when it is loaded."""

import asyncio
from dataclasses import replace

import pytest

from schemas.alert import Level, Status
from schemas.signal import Signal
from schemas.topics import SIGNALS
from services.matcher.domain.alerts.announce import MERGED
from services.matcher.domain.windows.window_rule import WindowRule
from tests.matcher.builders import HOUR, RULE, hit
from tests.matcher.changing import ABOVE, THREE, ChangingWorker, rules, worker
from tests.parts.waiting import let_others_run

HIGHER = replace(RULE, level=Level.CRITICAL)
LONGER = replace(RULE, resolve_after=10 * HOUR)
TWICE = [hit(0), hit(1), hit(2), hit(9), hit(10), hit(11)]


async def judging(rule: WindowRule, *hits: Signal) -> ChangingWorker:
    """After these hits, with another version of the rule published."""
    return (await worker(RULE).send(*hits)).put(rules(rule, number=1, judged=[rule]))


def graded(at_work: ChangingWorker) -> list[tuple[Level, int]]:
    return [(alert.level, alert.revision) for alert in at_work.alerts]


@pytest.mark.parametrize("restarts", [False, True], ids=["same worker", "next worker"])
async def test_a_level_is_raised_without_another_report(*, restarts: bool) -> None:
    at_work = await judging(HIGHER, *THREE)
    after = at_work.restarted() if restarts else at_work

    await after.tick()
    await after.tick(3.5)

    assert graded(after)[-1:] == [(Level.CRITICAL, 2)]
    assert len(at_work.alerts) + restarts * len(after.alerts) == 2


async def test_episodes_that_are_one_now_have_one_alert() -> None:
    at_work = await judging(LONGER, *TWICE)
    first, second = at_work.alerts[-2:]

    await at_work.tick(12)

    ended = {alert.id: (alert.status, alert.reason) for alert in at_work.alerts}
    assert ended == {first.id: (Status.FIRING, None), second.id: (Status.WITHDRAWN, MERGED)}


async def test_a_worker_that_dies_before_it_writes_sends_the_same_revision_again() -> None:
    at_work = await judging(HIGHER, *THREE)
    lost = dict(at_work.table)
    await at_work.tick()

    again = await at_work.restarted(lost, back=1).tick()

    (one,), (other,) = at_work.alerts[1:], again.alerts
    assert (one.id, one.revision, one.level) == (other.id, other.revision, other.level)


async def test_the_state_is_written_only_when_kafka_has_the_revision() -> None:
    at_work = await judging(HIGHER, *THREE)
    at_work.sender.silent = True
    before = dict(at_work.table)

    ticking = asyncio.create_task(at_work.tick())
    await let_others_run()
    held = dict(at_work.table)
    at_work.sender.acknowledge()
    await ticking

    assert held == before
    assert graded(at_work) == [(Level.HIGH, 1), (Level.CRITICAL, 2)]


async def test_rules_above_count_the_revision() -> None:
    at_work = await worker(RULE, ABOVE).send(*THREE)
    at_work.put(rules(HIGHER, ABOVE, number=1, judged=[HIGHER]))

    await at_work.tick()

    assert [signal.revision for signal in at_work.above] == [1, 2]
    assert len(at_work.sender.to(SIGNALS)) == 2
