"""correlate: rules change under its windows; what was said stays true, and nothing is lost."""

import asyncio
from dataclasses import replace

from schemas.alert import Status
from schemas.bundle import OnChange
from schemas.duty import DUTY_PACK, SOURCE_UNREADABLE
from schemas.indication import Indication
from schemas.topics import DEAD_LETTERS, SIGNALS
from services.matcher.adapters.rules.bundles import Bundles
from services.matcher.adapters.state.keys import ValueKind, has_kind
from services.matcher.domain.changes.ending import REMOVED, RESET
from tests.matcher.builders import HOUR, NOON, RULE, hit
from tests.matcher.changing import (
    ABOVE,
    MARCH,
    OTHER,
    PAIR,
    THREE,
    ChangingWorker,
    barrier,
    rules,
    worker,
)
from tests.matcher.correlation import AFTER, ticks
from tests.matcher.messages import Given, tick, tick_message
from tests.parts.waiting import let_others_run


async def test_a_tick_that_repeats_a_barrier_of_a_newer_bundle_waits_for_it() -> None:
    at_work = await worker(RULE).send(*THREE)

    ticking = asyncio.create_task(at_work.take(tick_message(tick(NOON, backfilled=1))))
    await let_others_run()
    assert not ticking.done()
    at_work.put(rules(PAIR, number=1, changed=[PAIR]))
    await ticking

    assert at_work.revisions[1:] == [(Status.WITHDRAWN, 2)]


async def test_a_signal_waits_for_the_bundle_that_it_was_made_by() -> None:
    at_work = worker(RULE)

    hearing = asyncio.create_task(at_work.send(*THREE[:2], bundle=1))
    await let_others_run()
    assert not hearing.done()
    at_work.put(rules(PAIR, number=1, changed=[PAIR], on_change=OnChange.KEEP))
    await hearing

    assert at_work.revisions == [(Status.FIRING, 1)]


async def test_a_rule_that_is_kept_counts_on() -> None:
    at_work = await worker(RULE).send(*THREE[:2])
    at_work.put(rules(RULE, number=1))

    await at_work.send(THREE[2], bundle=0)

    assert at_work.revisions == [(Status.FIRING, 1)]


async def test_a_rule_that_resolves_sooner_than_it_did_resolves_so() -> None:
    at_work = await worker(RULE).send(*THREE)
    at_work.put(rules(replace(RULE, resolve_after=HOUR), number=1))

    await at_work.tick(2.5)
    await at_work.tick(3.5)

    assert at_work.revisions == [(Status.FIRING, 1), (Status.RESOLVED, 2)]


async def test_the_alerts_of_a_removed_rule_end_and_its_states_go() -> None:
    for restart in (False, True):
        at_work = await worker(RULE, OTHER).send(*THREE)
        at_work.put(rules(OTHER, number=1))
        after = at_work.restarted() if restart else at_work

        await after.tick()

        last = after.alerts[-1]
        assert (last.status, last.revision, last.reason) == (Status.RESOLVED, 2, REMOVED)
        assert last.fingerprint == at_work.alerts[0].fingerprint
        assert [key for key in after.table if b"joint_march" in key] == []


async def test_a_removed_rules_state_goes_only_when_kafka_has_its_last_alert() -> None:
    at_work = (await worker(RULE).send(*THREE)).put(rules(number=1))
    at_work.sender.silent = True
    before = dict(at_work.table)

    taking = asyncio.create_task(at_work.tick())
    await let_others_run()
    held = dict(at_work.table)
    at_work.sender.acknowledge()
    await taking

    assert held == before
    assert [key for key in at_work.table if b"joint_march" in key] == []


async def test_a_rule_that_a_folder_has_no_more_ends_after_a_restart() -> None:
    at_work = await (await worker(RULE, OTHER).send(*THREE)).tick()
    at_work.bundles = Bundles(rules(OTHER))

    after = await at_work.restarted().tick()

    assert [(alert.status, alert.reason) for alert in after.alerts] == [(Status.RESOLVED, REMOVED)]
    assert [key for key in after.table if b"joint_march" in key] == []


async def test_what_was_on_the_way_to_a_removed_rule_is_no_fault() -> None:
    at_work = worker(RULE).put(rules(number=1))

    await at_work.send(hit(0), bundle=0)
    assert at_work.sender.to(DEAD_LETTERS) == []
    await at_work.send(hit(0), bundle=1)

    assert len(at_work.sender.to(DEAD_LETTERS)) == 1


async def test_a_reset_rule_ends_its_alerts_and_counts_from_nothing() -> None:
    at_work = await worker(RULE).send(*THREE)
    at_work.put(rules(PAIR, number=1, changed=[PAIR], on_change=OnChange.RESET))

    await at_work.send(hit(2.5), bundle=1)
    ended = list(at_work.alerts)
    await at_work.send(hit(3), bundle=1)

    assert [(alert.status, alert.reason) for alert in ended[1:]] == [(Status.RESOLVED, RESET)]
    assert at_work.revisions[2:] == [(Status.FIRING, 1)]
    assert at_work.alerts[-1].evidence_count == 2


async def test_a_change_broken_off_is_made_again_and_ends_the_same() -> None:
    for on_change in (OnChange.REBUILD, OnChange.RESET):
        first = await worker(RULE, OTHER).send(*THREE)
        clock = {key: raw for key, raw in first.table.items() if has_kind(key, ValueKind.PROGRESS)}
        first.put(rules(PAIR, OTHER, number=1, changed=[PAIR], on_change=on_change))
        await first.tick()
        torn = first.table | clock

        again = await first.restarted(torn, back=1).tick()
        for owner in (first, again):
            await owner.backfill(*THREE, bundle=1)
            await owner.take(barrier())

        assert again.alerts[-1:] == first.alerts[-1:]
        assert again.table == first.table


async def test_an_alert_that_was_lost_though_its_state_was_kept_is_sent_before_the_change() -> None:
    first = await worker(RULE).send(*THREE)
    first.put(rules(PAIR, number=1, changed=[PAIR]))

    again = await first.restarted(back=1).send(THREE[2], bundle=0)

    assert [(alert.id, alert.revision) for alert in again.alerts] == [(first.alerts[0].id, 1)]


async def test_a_rebuilt_rule_above_is_sent_the_history_of_its_base() -> None:
    at_work = await worker(RULE).send(*THREE)
    at_work.put(rules(RULE, ABOVE, number=1, changed=[ABOVE]))

    await at_work.tick()

    (hit_above,) = at_work.above
    assert (hit_above.rule, hit_above.identity) == (ABOVE.name, at_work.alerts[0].id)
    assert (hit_above.bundle, hit_above.backfill) == (1, True)


async def test_a_level_of_a_removed_hypothesis_ends() -> None:
    indicator = replace(RULE, hypotheses=("mlcoa",))
    at_work = ChangingWorker(Bundles(rules(indicator, hypotheses=(MARCH,))))
    await at_work.send(*THREE)
    letters = at_work.sender.to(SIGNALS)
    again = (
        Given(letter.value, letter.headers, letter.key, "vedette.signals") for letter in letters
    )
    await at_work.tick()
    await at_work.take(*again)
    levels = [alert for alert in at_work.alerts if alert.rule.name == "mlcoa"]
    at_work.put(rules(RULE, number=1))

    await at_work.tick()

    last = at_work.alerts[-1]
    assert (last.id, last.status, last.reason) == (levels[-1].id, Status.RESOLVED, REMOVED)
    assert [key for key in at_work.table if b"mlcoa" in key] == []


async def test_a_new_hypothesis_is_sent_an_indicator_that_is_kept() -> None:
    at_work = await worker(RULE).send(*THREE)
    indicator = replace(RULE, hypotheses=("mlcoa",))
    at_work.put(rules(indicator, number=1, hypotheses=(MARCH,)))

    await at_work.tick()

    news = [
        Indication.model_validate_json(record.value or b"") for record in at_work.sender.to(SIGNALS)
    ]
    assert [indication.alert.id for indication in news if indication.alert] == [
        at_work.alerts[0].id
    ]


async def test_what_vedette_says_of_itself_stands_whatever_the_rules() -> None:
    signal = hit(0).model_copy(
        update={"pack": DUTY_PACK, "rule": SOURCE_UNREADABLE, "group": {"source": "reuters"}}
    )
    at_work = (await worker().send(signal)).put(rules(RULE, number=1, changed=[RULE]))

    await at_work.tick()
    await at_work.take(ticks(AFTER, 0))

    assert at_work.revisions == [(Status.FIRING, 1), (Status.RESOLVED, 2)]
    assert at_work.alerts[-1].reason is None


async def test_other_partitions_go_over_with_their_own_next_message() -> None:
    at_work = (await worker(RULE).send(*THREE)).put(rules(number=1))

    await at_work.take(replace(tick_message(tick(NOON)), partition=2))
    untouched = list(at_work.revisions)
    await at_work.tick()

    assert untouched == [(Status.FIRING, 1)]
    assert at_work.revisions[1:] == [(Status.RESOLVED, 2)]
