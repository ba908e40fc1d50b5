"""correlate: a rebuilt rule is mute until its past is there, and then says how it stands."""

import asyncio
from dataclasses import replace

from schemas.alert import Status
from schemas.bundle import BackfillBarrier
from schemas.envelope import BACKFILL_BARRIER, SIGNAL, header
from schemas.indication import Indication
from schemas.topics import SIGNALS
from services.matcher.adapters.rules.bundles import Bundles
from services.matcher.adapters.state.keys import ValueKind, has_kind
from services.matcher.domain.changes.release import CHANGED
from tests.matcher.builders import RULE, hit
from tests.matcher.changing import (
    ABOVE,
    FOUR,
    MARCH,
    PAIR,
    THREE,
    ChangingWorker,
    barrier,
    rules,
    worker,
)
from tests.matcher.correlation import AFTER, ticks
from tests.matcher.messages import tick, tick_message
from tests.parts.waiting import let_others_run


async def test_a_rebuilt_rule_is_silent_until_the_barriers_of_every_partition_are_in() -> None:
    at_work = await worker(RULE).send(*THREE)
    at_work.put(rules(PAIR, number=1, changed=[PAIR]))

    await at_work.backfill(*THREE)
    await at_work.take(ticks(AFTER, 0), barrier(partitions=2))
    silent = list(at_work.revisions)
    await at_work.take(barrier(partition=1, partitions=2))

    assert silent == [(Status.FIRING, 1)]
    assert at_work.revisions[1:] == [(Status.FIRING, 2)]
    assert len({alert.id for alert in at_work.alerts}) == 1


async def test_a_table_that_has_lost_the_barriers_learns_of_them_from_ticks() -> None:
    at_work = worker().put(rules(RULE, number=1, changed=[RULE]))
    await at_work.send(*THREE, bundle=1)
    assert at_work.alerts == []

    await at_work.take(tick_message(tick(AFTER, backfilled=1)))

    assert at_work.revisions == [(Status.FIRING, 1)]
    assert (await at_work.tick(101)).revisions[1:] == [(Status.RESOLVED, 2)]


async def test_after_the_release_alerts_resolve_again() -> None:
    at_work = await worker(RULE).send(*THREE)
    at_work.put(rules(PAIR, number=1, changed=[PAIR]))
    await at_work.backfill(*THREE)

    await at_work.take(barrier(), ticks(AFTER, 0))

    assert at_work.revisions[-1] == (Status.RESOLVED, 3)


async def test_an_alert_that_the_changed_rule_would_not_raise_is_withdrawn_at_the_release() -> None:
    at_work = await worker(RULE).send(*THREE)
    at_work.put(rules(FOUR, number=1, changed=[FOUR]))

    await at_work.backfill(*THREE)
    await at_work.take(barrier())

    assert at_work.revisions[1:] == [(Status.WITHDRAWN, 2)]
    assert at_work.alerts[-1].reason == CHANGED


async def test_a_new_rule_says_of_the_past_that_it_is_the_past() -> None:
    at_work = worker().put(rules(RULE, number=1, changed=[RULE]))

    await at_work.backfill(*THREE)
    await at_work.take(barrier())

    assert [alert.backfill for alert in at_work.alerts] == [True]


async def test_a_hit_that_was_on_the_way_during_the_change_pages_when_its_past_is_there() -> None:
    at_work = worker(RULE).put(rules(RULE, number=1, changed=[RULE]))

    await at_work.send(THREE[2], bundle=0)
    await at_work.backfill(*THREE)
    await at_work.take(barrier())

    assert [alert.backfill for alert in at_work.alerts] == [False]


async def test_a_release_broken_off_says_it_all_again() -> None:
    first = await worker(RULE).send(*THREE)
    first.put(rules(PAIR, number=1, changed=[PAIR]))
    await first.backfill(*THREE)
    clock = {key: raw for key, raw in first.table.items() if has_kind(key, ValueKind.PROGRESS)}
    await first.take(barrier())

    for table in (first.table | clock, dict(first.table)):
        again = await first.restarted(table, back=1).take(barrier())

        assert again.alerts == first.alerts[1:]
        assert again.table == first.table


async def test_a_rule_above_is_sent_the_history_of_its_base_at_the_release() -> None:
    at_work = await worker(RULE, ABOVE).send(*THREE)
    known = len(at_work.above)
    at_work.put(rules(RULE, ABOVE, number=1, changed=[RULE, ABOVE]))

    await at_work.backfill(*THREE)
    assert len(at_work.above) == known
    await at_work.take(barrier())

    (above,) = at_work.above[known:]
    assert (above.identity, above.bundle, above.backfill) == (
        at_work.alerts[0].id,
        1,
        True,
    )


async def test_a_hypothesis_is_sent_its_indicators_at_the_release() -> None:
    indicator = replace(PAIR, hypotheses=("mlcoa",))
    at_work = ChangingWorker(Bundles(rules(hypotheses=(MARCH,))))
    at_work.put(rules(indicator, number=1, changed=[indicator], hypotheses=(MARCH,)))
    await at_work.backfill(*THREE)
    assert at_work.sender.to(SIGNALS) == []

    await at_work.take(barrier())

    news = [
        Indication.model_validate_json(record.value or b"") for record in at_work.sender.to(SIGNALS)
    ]
    assert [indication.alert.id for indication in news if indication.alert] == [
        at_work.alerts[-1].id
    ]


async def test_a_rule_above_ends_the_same_whichever_of_the_two_began_anew() -> None:
    ends = []
    for changed in ([], [ABOVE], [PAIR, ABOVE]):
        at_work = await (await worker(PAIR, ABOVE).send(*THREE)).round()
        at_work.put(rules(PAIR, ABOVE, number=1, changed=changed))
        await at_work.tick()
        if PAIR in changed:
            await at_work.backfill(*THREE)
        await (await at_work.round()).take(barrier())
        await at_work.round()
        ends.append([alert for alert in at_work.alerts if alert.rule.name == ABOVE.name][-1])

    assert len({end.id for end in ends}) == 1
    assert {(end.status, end.evidence_count) for end in ends} == {(Status.FIRING, 1)}
    assert not any(end.backfill for end in ends)


async def test_a_rule_above_waits_for_what_every_signals_partition_has_to_say() -> None:
    at_work = worker().put(rules(PAIR, ABOVE, number=1, changed=[ABOVE]))
    await at_work.backfill(hit(0).model_copy(update={"rule": ABOVE.name, "base": PAIR.name}))

    await at_work.take(barrier(), barrier(level=1, partitions=2))
    silent = list(at_work.revisions)
    await at_work.take(barrier(level=1, partition=1, partitions=2))

    assert silent == []
    assert at_work.revisions == [(Status.FIRING, 1)]


async def test_the_barrier_for_rules_above_is_behind_what_they_are_sent() -> None:
    at_work = await worker(PAIR, ABOVE).send(*THREE)
    at_work.put(rules(PAIR, ABOVE, number=1, changed=[PAIR, ABOVE]))
    await at_work.backfill(*THREE)
    sender, clock = at_work.sender, at_work.table[b"1:g:"]
    sender.sent.clear()
    sender.silent = True
    kinds = []

    taking = asyncio.create_task(at_work.take(barrier()))
    for _ in range(2):
        await let_others_run()
        kinds.append([header(record.headers, "ce_type") for record in sender.to(SIGNALS)])
        assert at_work.table[b"1:g:"] == clock
        sender.acknowledge()
    await taking

    assert kinds == [[SIGNAL], [SIGNAL, BACKFILL_BARRIER]]
    assert at_work.table[b"1:g:"] != clock


async def test_a_worker_repeats_the_barriers_for_rules_above_once_it_has_a_partition() -> None:
    at_work = (await worker(PAIR, ABOVE).tick()).put(rules(PAIR, ABOVE, number=1, changed=[ABOVE]))
    await at_work.take(barrier())
    after = at_work.restarted()

    await after.tick(4)
    await after.tick(5)

    (record,) = after.sender.to(SIGNALS)
    sent = BackfillBarrier.model_validate_json(record.value or b"")
    assert (sent.level, sent.bundle, record.partition) == (1, 1, 0)


async def test_where_no_rule_is_above_another_there_is_no_barrier() -> None:
    at_work = worker(PAIR).put(rules(PAIR, number=1, changed=[PAIR]))

    await at_work.take(barrier())

    assert at_work.sender.to(SIGNALS) == []
