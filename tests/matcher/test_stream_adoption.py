"""correlate: rules change under its windows; what was said stays true, and nothing is lost."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import count

from schemas.alert import Alert, Status
from schemas.bundle import Backfilled, OnChange
from schemas.envelope import BACKFILLED, cloud_headers
from schemas.indication import Indication
from schemas.rule import Condition
from schemas.signal import Signal
from schemas.topics import ALERTS, DEAD_LETTERS, SIGNALS
from services.matcher.adapters.bundles import Bundles
from services.matcher.adapters.correlate import Correlation
from services.matcher.adapters.hypotheses import Hypotheses
from services.matcher.adapters.windows import Windows
from services.matcher.domain.duty_windows import SET_ASIDE
from services.matcher.domain.ending import REMOVED, RESET
from services.matcher.domain.hypothesis import WatchedHypothesis
from services.matcher.domain.release import CHANGED
from services.matcher.domain.rulebook import Rulebook
from services.matcher.domain.standing import InForce, Standing
from services.matcher.domain.window_rule import WindowRule
from tests.fakes import FakeOutbox
from tests.matcher.builders import HOUR, NOON, RULE, hit
from tests.matcher.hypotheses import hypothesis
from tests.matcher.messages import Given, signal_message, tick, tick_message
from tests.matcher.test_stream_correlate import AFTER, ticks, time_of

PAIR = replace(RULE, condition=Condition(gte=2))
FOUR = replace(RULE, condition=Condition(gte=4))
OTHER = replace(RULE, name="other")
ABOVE = replace(RULE, name="many_marches", bases=("joint_march",), condition=Condition(gte=1))
MARCH = hypothesis({"joint_march": 2}, {"joint_march": "1d"})
THREE = [hit(0), hit(1), hit(2)]
NAME = ("iraq", "joint_march")


def rules(
    *windows: WindowRule,
    number: int = 0,
    changed: Iterable[WindowRule] = (),
    on_change: OnChange = OnChange.REBUILD,
    hypotheses: tuple[WatchedHypothesis, ...] = (),
) -> InForce:
    """These rules as bundle `number`, in which the `changed` ones began anew."""
    named = {(one.pack, one.name): one for one in windows}
    feeds = {NAME: tuple(one for one in windows if "joint_march" in one.bases and one != RULE)}
    stood = Standing(on_change, number, NOON)
    return InForce(
        Rulebook(windows=named, feeds=feeds, hypotheses=hypotheses, number=number),
        {(one.pack, one.name): stood for one in changed},
    )


@dataclass
class Worker:
    """A correlation over a table that outlives it; every message has the next offset."""

    bundles: Bundles
    table: dict[bytes, bytes] = field(default_factory=dict)
    offsets: "count[int]" = field(default_factory=lambda: count(1))
    outbox: FakeOutbox = field(default_factory=FakeOutbox)

    def __post_init__(self) -> None:
        windows, hypotheses = Windows(self.table, {}), Hypotheses(self.table, {}, partitions=2)
        self.correlation = Correlation(windows, hypotheses, self.outbox, time_of, self.bundles)

    async def take(self, *messages: Given) -> "Worker":
        for message in messages:
            await self.correlation.take(replace(message, offset=next(self.offsets)))
        return self

    async def hear(self, *signals: Signal, bundle: int = 0) -> "Worker":
        told = (one.model_copy(update={"bundle": bundle}) for one in signals)
        return await self.take(*(signal_message(one) for one in told))

    async def judged(self, *past: Signal, bundle: int = 1) -> "Worker":
        told = (one.model_copy(update={"backfill": True}) for one in past)
        return await self.hear(*told, bundle=bundle)

    async def tick(self, hours: float = 3) -> "Worker":
        return await self.take(ticks(NOON + hours * HOUR, 0))

    def put(self, newer: InForce) -> "Worker":
        self.bundles.put(newer)
        return self

    def restarted(self, table: dict[bytes, bytes] | None = None, *, back: int = 0) -> "Worker":
        """Another worker, which sees the last messages again."""
        self.offsets = count(reached := next(self.offsets))
        table = self.table if table is None else table
        return Worker(self.bundles, table, count(reached - back))

    @property
    def alerts(self) -> Sequence[Alert]:
        sent = self.outbox.to(ALERTS)
        return [Alert.model_validate_json(letter.value or b"") for letter in sent]

    @property
    def told(self) -> Sequence[tuple[Status, int]]:
        return [(alert.status, alert.revision) for alert in self.alerts]

    @property
    def above(self) -> Sequence[Signal]:
        sent = self.outbox.to(SIGNALS)
        return [Signal.model_validate_json(letter.value or b"") for letter in sent]


def marks(bundle: int = 1, partition: int = 0, partitions: int = 1) -> Given:
    told = Backfilled(partition=partition, partitions=partitions, bundle=bundle)
    headers = cloud_headers(BACKFILLED, "mark", "test", NOON)
    return Given(told.model_dump_json().encode(), headers, None)


def worker(*windows: WindowRule) -> Worker:
    return Worker(Bundles(rules(*windows)))


async def test_a_rebuilt_rule_is_silent_until_the_end_marks_of_every_partition_are_in() -> None:
    at_work = await worker(RULE).hear(*THREE)
    at_work.put(rules(PAIR, number=1, changed=[PAIR]))

    await at_work.judged(*THREE)
    await at_work.take(ticks(AFTER, 0), marks(partitions=2))
    silent = list(at_work.told)
    await at_work.take(marks(partition=1, partitions=2))

    assert silent == [(Status.FIRING, 1)]
    assert at_work.told[1:] == [(Status.FIRING, 2)]
    assert len({alert.id for alert in at_work.alerts}) == 1


async def test_a_table_that_has_lost_the_end_marks_learns_of_them_from_ticks() -> None:
    at_work = worker().put(rules(RULE, number=1, changed=[RULE]))
    await at_work.hear(*THREE, bundle=1)
    assert at_work.alerts == []

    await at_work.take(tick_message(tick(AFTER, rebuilt=1)))

    assert at_work.told == [(Status.FIRING, 1)]
    assert (await at_work.tick(101)).told[1:] == [(Status.RESOLVED, 2)]


async def test_a_tick_that_repeats_a_mark_of_a_newer_bundle_waits_for_it() -> None:
    at_work = await worker(RULE).hear(*THREE)

    ticking = asyncio.create_task(at_work.take(tick_message(tick(NOON, rebuilt=1))))
    await asyncio.sleep(0.01)
    assert not ticking.done()
    at_work.put(rules(PAIR, number=1, changed=[PAIR]))
    await ticking

    assert at_work.told[1:] == [(Status.WITHDRAWN, 2)]


async def test_after_the_release_alerts_resolve_again() -> None:
    at_work = await worker(RULE).hear(*THREE)
    at_work.put(rules(PAIR, number=1, changed=[PAIR]))
    await at_work.judged(*THREE)

    await at_work.take(marks(), ticks(AFTER, 0))

    assert at_work.told[-1] == (Status.RESOLVED, 3)


async def test_an_alert_that_the_changed_rule_would_not_raise_is_withdrawn_at_the_release() -> None:
    at_work = await worker(RULE).hear(*THREE)
    at_work.put(rules(FOUR, number=1, changed=[FOUR]))

    await at_work.judged(*THREE)
    await at_work.take(marks())

    assert at_work.told[1:] == [(Status.WITHDRAWN, 2)]
    assert at_work.alerts[-1].reason == CHANGED


async def test_a_new_rule_says_of_the_past_that_it_is_the_past() -> None:
    at_work = worker().put(rules(RULE, number=1, changed=[RULE]))

    await at_work.judged(*THREE)
    await at_work.take(marks())

    assert [alert.backfill for alert in at_work.alerts] == [True]


async def test_a_signal_waits_for_the_bundle_that_it_was_made_by() -> None:
    at_work = worker(RULE)

    hearing = asyncio.create_task(at_work.hear(*THREE[:2], bundle=1))
    await asyncio.sleep(0.01)
    assert not hearing.done()
    at_work.put(rules(PAIR, number=1, changed=[PAIR], on_change=OnChange.KEEP))
    await hearing

    assert at_work.told == [(Status.FIRING, 1)]


async def test_a_hit_that_was_on_the_way_during_the_change_pages_when_its_past_is_there() -> None:
    at_work = worker(RULE).put(rules(RULE, number=1, changed=[RULE]))

    await at_work.hear(THREE[2], bundle=0)
    await at_work.judged(*THREE)
    await at_work.take(marks())

    assert [alert.backfill for alert in at_work.alerts] == [False]


async def test_a_rule_that_is_kept_counts_on() -> None:
    at_work = await worker(RULE).hear(*THREE[:2])
    at_work.put(rules(RULE, number=1))

    await at_work.hear(THREE[2], bundle=0)

    assert at_work.told == [(Status.FIRING, 1)]


async def test_a_rule_that_resolves_sooner_than_it_did_resolves_so() -> None:
    at_work = await worker(RULE).hear(*THREE)
    at_work.put(rules(replace(RULE, resolve_after=HOUR), number=1))

    await at_work.tick(2.5)
    await at_work.tick(3.5)

    assert at_work.told == [(Status.FIRING, 1), (Status.RESOLVED, 2)]


async def test_the_alerts_of_a_removed_rule_end_and_its_states_go() -> None:
    for restart in (False, True):
        at_work = await worker(RULE, OTHER).hear(*THREE)
        at_work.put(rules(OTHER, number=1))
        after = at_work.restarted() if restart else at_work

        await after.tick()

        last = after.alerts[-1]
        assert (last.status, last.revision, last.reason) == (Status.RESOLVED, 2, REMOVED)
        assert last.fingerprint == at_work.alerts[0].fingerprint
        assert [key for key in after.table if b"joint_march" in key] == []


async def test_a_removed_rules_state_goes_only_when_kafka_has_its_last_alert() -> None:
    at_work = (await worker(RULE).hear(*THREE)).put(rules(number=1))
    at_work.outbox.silent = True
    before = dict(at_work.table)

    taking = asyncio.create_task(at_work.tick())
    await asyncio.sleep(0.01)
    held = dict(at_work.table)
    at_work.outbox.acknowledge()
    await taking

    assert held == before
    assert [key for key in at_work.table if b"joint_march" in key] == []


async def test_a_rule_that_a_folder_has_no_more_ends_after_a_restart() -> None:
    at_work = await (await worker(RULE, OTHER).hear(*THREE)).tick()
    at_work.bundles = Bundles(rules(OTHER))

    after = await at_work.restarted().tick()

    assert [(one.status, one.reason) for one in after.alerts] == [(Status.RESOLVED, REMOVED)]
    assert [key for key in after.table if b"joint_march" in key] == []


async def test_what_was_on_the_way_to_a_removed_rule_is_no_fault() -> None:
    at_work = worker(RULE).put(rules(number=1))

    await at_work.hear(hit(0), bundle=0)
    assert at_work.outbox.to(DEAD_LETTERS) == []
    await at_work.hear(hit(0), bundle=1)

    assert len(at_work.outbox.to(DEAD_LETTERS)) == 1


async def test_a_reset_rule_ends_its_alerts_and_counts_from_nothing() -> None:
    at_work = await worker(RULE).hear(*THREE)
    at_work.put(rules(PAIR, number=1, changed=[PAIR], on_change=OnChange.RESET))

    await at_work.hear(hit(2.5), bundle=1)
    ended = list(at_work.alerts)
    await at_work.hear(hit(3), bundle=1)

    assert [(one.status, one.reason) for one in ended[1:]] == [(Status.RESOLVED, RESET)]
    assert at_work.told[2:] == [(Status.FIRING, 1)]
    assert at_work.alerts[-1].evidence_count == 2


async def test_a_change_broken_off_is_made_again_and_ends_the_same() -> None:
    for on_change in (OnChange.REBUILD, OnChange.RESET):
        first = await worker(RULE, OTHER).hear(*THREE)
        clock = {key: raw for key, raw in first.table.items() if key.endswith(b"clock")}
        first.put(rules(PAIR, OTHER, number=1, changed=[PAIR], on_change=on_change))
        await first.tick()
        torn = {key: raw for key, raw in first.table.items() if not key.endswith(b"clock")} | clock

        again = await first.restarted(torn, back=1).tick()
        for one in (first, again):
            await one.judged(*THREE, bundle=1)
            await one.take(marks())

        assert again.alerts[-1:] == first.alerts[-1:]
        assert again.table == first.table


async def test_an_alert_whose_state_was_kept_and_that_was_lost_is_said_before_the_change() -> None:
    first = await worker(RULE).hear(*THREE)
    first.put(rules(PAIR, number=1, changed=[PAIR]))

    again = await first.restarted(back=1).hear(THREE[2], bundle=0)

    assert [(one.id, one.revision) for one in again.alerts] == [(first.alerts[0].id, 1)]


async def test_a_release_broken_off_says_it_all_again() -> None:
    first = await worker(RULE).hear(*THREE)
    first.put(rules(PAIR, number=1, changed=[PAIR]))
    await first.judged(*THREE)
    clock = {key: raw for key, raw in first.table.items() if key.endswith(b"clock")}
    await first.take(marks())

    for table in (first.table | clock, dict(first.table)):
        again = await first.restarted(table, back=1).take(marks())

        assert again.alerts == first.alerts[1:]
        assert again.table == first.table


async def test_a_rule_above_that_began_anew_hears_what_its_base_has_said() -> None:
    at_work = await worker(RULE).hear(*THREE)
    at_work.put(rules(RULE, ABOVE, number=1, changed=[ABOVE]))

    await at_work.tick()

    (told,) = at_work.above
    assert (told.rule, told.identity) == (ABOVE.name, at_work.alerts[0].id)
    assert (told.bundle, told.backfill) == (1, True)


async def test_a_rule_above_hears_of_the_past_of_its_base_at_the_release() -> None:
    at_work = await worker(RULE, ABOVE).hear(*THREE)
    known = len(at_work.above)
    at_work.put(rules(RULE, ABOVE, number=1, changed=[RULE, ABOVE]))

    await at_work.judged(*THREE)
    assert len(at_work.above) == known
    await at_work.take(marks())

    (told,) = at_work.above[known:]
    assert (told.identity, told.bundle, told.backfill) == (at_work.alerts[0].id, 1, True)


async def test_a_level_of_a_removed_hypothesis_ends() -> None:
    indicator = replace(RULE, hypotheses=("mlcoa",))
    at_work = Worker(Bundles(rules(indicator, hypotheses=(MARCH,))))
    await at_work.hear(*THREE)
    letters = at_work.outbox.to(SIGNALS)
    again = (Given(one.value, one.headers, one.key, "vedette.signals") for one in letters)
    await at_work.tick()
    await at_work.take(*again)
    levels = [alert for alert in at_work.alerts if alert.rule.name == "mlcoa"]
    at_work.put(rules(RULE, number=1))

    await at_work.tick()

    last = at_work.alerts[-1]
    assert (last.id, last.status, last.reason) == (levels[-1].id, Status.RESOLVED, REMOVED)
    assert [key for key in at_work.table if b"mlcoa" in key] == []


async def test_a_hypothesis_hears_at_the_release_how_its_indicators_stand() -> None:
    indicator = replace(PAIR, hypotheses=("mlcoa",))
    at_work = Worker(Bundles(rules(hypotheses=(MARCH,))))
    at_work.put(rules(indicator, number=1, changed=[indicator], hypotheses=(MARCH,)))
    await at_work.judged(*THREE)
    assert at_work.outbox.to(SIGNALS) == []

    await at_work.take(marks())

    news = [Indication.model_validate_json(one.value or b"") for one in at_work.outbox.to(SIGNALS)]
    assert [one.alert.id for one in news if one.alert] == [at_work.alerts[-1].id]


async def test_a_new_hypothesis_hears_how_an_indicator_stands_that_counts_on() -> None:
    at_work = await worker(RULE).hear(*THREE)
    indicator = replace(RULE, hypotheses=("mlcoa",))
    at_work.put(rules(indicator, number=1, hypotheses=(MARCH,)))

    await at_work.tick()

    news = [Indication.model_validate_json(one.value or b"") for one in at_work.outbox.to(SIGNALS)]
    assert [one.alert.id for one in news if one.alert] == [at_work.alerts[0].id]


async def test_what_vedette_says_of_itself_stands_whatever_the_rules() -> None:
    told = hit(0).model_copy(
        update={"pack": SET_ASIDE.pack, "rule": SET_ASIDE.name, "group": {"source": "reuters"}}
    )
    at_work = (await worker().hear(told)).put(rules(RULE, number=1, changed=[RULE]))

    await at_work.tick()
    await at_work.take(ticks(AFTER, 0))

    assert at_work.told == [(Status.FIRING, 1), (Status.RESOLVED, 2)]
    assert at_work.alerts[-1].reason is None


async def test_other_partitions_go_over_with_their_own_next_message() -> None:
    at_work = (await worker(RULE).hear(*THREE)).put(rules(number=1))

    await at_work.take(replace(tick_message(tick(NOON)), partition=2))
    untouched = list(at_work.told)
    await at_work.tick()

    assert untouched == [(Status.FIRING, 1)]
    assert at_work.told[1:] == [(Status.RESOLVED, 2)]
