"""correlate: signals into windows, alerts out; what is repeated changes nothing."""

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from schemas.alert import Alert, Status
from schemas.envelope import header
from schemas.rule import Condition
from schemas.signal import Signal
from schemas.topics import ALERTS, DEAD_LETTERS, SIGNALS
from services.matcher.adapters.rules.bundles import Bundles
from services.matcher.adapters.state.keys import ValueKind, has_kind
from services.matcher.adapters.topics.records import ProducerRecord
from services.matcher.domain.changes.active_rules import ActiveRules
from services.matcher.domain.engine.keys import StateKey, StateKind
from services.matcher.domain.rules.rulebook import Rulebook
from services.matcher.domain.windows.state import WindowState
from services.matcher.domain.windows.window_rule import WindowRule
from tests.fakes import FakeRecordSender
from tests.matcher.builders import ALONE, HOUR, NOON, RULE, hit, retraction
from tests.matcher.correlation import AFTER, correlator, states_in, ticks
from tests.matcher.messages import Given, signal_message, tick, tick_message

NAME = ("iraq", "joint_march")
LONG_AFTER = NOON + 10_000 * HOUR
ONE = replace(RULE, condition=Condition(gte=1))


ABOVE = replace(RULE, name="many_marches", bases=("joint_march",))


def in_force(*rules: WindowRule, number: int = 0) -> ActiveRules:
    """These rules, with a rule above the one that they are about."""
    windows = {(rule.pack, rule.name): rule for rule in rules}
    return ActiveRules(Rulebook(windows=windows, feeds={NAME: (ABOVE,)}, number=number))


@dataclass
class CorrelateWorker:
    """A correlation over a table, fresh as after a start."""

    rule: WindowRule | None = ALONE
    table: dict[bytes, bytes] = field(default_factory=dict)
    sender: FakeRecordSender = field(default_factory=FakeRecordSender)

    def __post_init__(self) -> None:
        bundles = Bundles(in_force(*([] if self.rule is None else [self.rule])))
        self.correlation = correlator(bundles, self.table, self.sender, partitions=2)

    async def take(self, *messages: Given) -> "CorrelateWorker":
        for message in messages:
            await self.correlation.take(message)
        return self

    def restarted(self) -> "CorrelateWorker":
        return CorrelateWorker(self.rule, self.table)

    @property
    def alerts(self) -> Sequence[Alert]:
        return self.sender.decode(ALERTS, Alert)

    @property
    def revisions(self) -> Sequence[tuple[Status, int]]:
        return [(alert.status, alert.revision) for alert in self.alerts]

    @property
    def state(self) -> WindowState:
        key = StateKey(StateKind.WINDOW, hit(0).key)
        state = self.correlation.states.partition(1).get(key)
        assert isinstance(state, WindowState)
        return state

    @property
    def dead_letters(self) -> Sequence[tuple[str | None, str | None]]:
        letters = self.sender.to(DEAD_LETTERS)
        return [
            (header(letter.headers, "where"), header(letter.headers, "reason"))
            for letter in letters
        ]


async def test_a_hit_that_fires_is_kept_and_announced() -> None:
    worker = await CorrelateWorker().take(signal_message(hit(0)))

    assert worker.revisions == [(Status.FIRING, 1)]
    assert CorrelateWorker(table=worker.table).state.announced[0].id == worker.alerts[0].id


async def test_an_alert_goes_under_its_fingerprint_with_the_newest_recorded_time() -> None:
    worker = await CorrelateWorker().take(signal_message(hit(0, late=HOUR)))

    (letter,) = worker.sender.to(ALERTS)
    (alert,) = worker.alerts
    assert letter.key == alert.fingerprint.encode()
    assert header(letter.headers, "ce_id") == f"{alert.id}-1"
    assert header(letter.headers, "ce_recordedtime") == (NOON + HOUR).isoformat()


async def test_an_alert_feeds_the_rules_above_its_own_each_time_it_is_sent() -> None:
    first = await CorrelateWorker(ONE).take(signal_message(hit(0), 3))
    again = await first.restarted().take(signal_message(hit(0), 3))

    for worker in (first, again):
        (letter,) = worker.sender.to(SIGNALS)
        above = Signal.model_validate_json(letter.value or b"")
        assert (above.rule, above.identity, above.revision) == (
            ABOVE.name,
            worker.alerts[0].id,
            1,
        )


async def test_a_rule_that_only_feeds_others_announces_nothing() -> None:
    worker = await CorrelateWorker(replace(ONE, announces=False)).take(signal_message(hit(0)))

    assert worker.alerts == []
    assert len(worker.sender.to(SIGNALS)) == 1


async def test_the_same_message_again_after_a_restart_sends_the_same_revision_again() -> None:
    first = await CorrelateWorker(RULE).take(*(signal_message(hit(n), n) for n in (1, 2, 3)))
    kept = dict(first.table)

    again = await first.restarted().take(signal_message(hit(3), 3))

    assert again.alerts == first.alerts
    assert again.table == kept


async def test_an_alert_whose_state_was_lost_comes_out_the_same_again() -> None:
    worker = await CorrelateWorker(RULE).take(signal_message(hit(1), 1), signal_message(hit(2), 2))
    before = dict(worker.table)
    await worker.take(signal_message(hit(3), 3))

    again = await CorrelateWorker(RULE, before).take(signal_message(hit(3), 3))

    assert again.alerts == worker.alerts


async def test_a_signal_of_no_rule_is_buried() -> None:
    worker = await CorrelateWorker(rule=None).take(signal_message(hit(0)))

    assert worker.dead_letters == [("correlate", "rule: no joint_march in pack iraq")]
    assert states_in(worker.table) == {}


async def test_what_is_no_signal_is_buried() -> None:
    worker = await CorrelateWorker().take(Given(b"{"), Given(None), Given(b"{}"))

    assert [where for where, _ in worker.dead_letters] == ["correlate"] * 3


async def test_a_hit_too_late_for_its_window_is_buried_as_such() -> None:
    worker = await CorrelateWorker(RULE).take(signal_message(hit(0, late=100 * HOUR)))

    assert worker.dead_letters == [("joint_march", "too_late")]
    assert states_in(worker.table) == {}


async def test_a_rule_that_fails_in_its_window_is_buried_and_its_state_stands() -> None:
    endless = replace(RULE, timespan=timedelta(days=10**8))
    worker = await CorrelateWorker(endless).take(signal_message(hit(0), 1))

    ((where, reason),) = worker.dead_letters
    assert where == "joint_march"
    assert (reason or "").startswith("OverflowError")
    assert states_in(worker.table) == {}


async def test_a_signal_that_no_detection_makes_is_refused_and_its_state_stays_as_it_was() -> None:
    worker = await CorrelateWorker(RULE).take(signal_message(hit(0), 1))
    before = dict(worker.table)
    large = hit(1).model_copy(update={"fields": {"text": "x" * 10**6}})

    await worker.take(signal_message(large, 2))

    ((where, reason),) = worker.dead_letters
    assert where == "correlate"
    assert "larger than 50000 bytes" in (reason or "")
    assert worker.table == before


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
    assert (worker.state.announced, len(worker.state.retractions)) == ((), 1)


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


async def test_one_more_hit_writes_its_pane_and_the_head_and_no_other_part() -> None:
    many = [signal_message(hit(n), n) for n in range(1, 200)]
    worker = await CorrelateWorker(RULE).take(*many)
    before = dict(worker.table)

    await worker.take(signal_message(hit(200), 200))

    changed = {key for key, raw in worker.table.items() if before.get(key) != raw}
    assert len(worker.table) > 10
    assert len(changed) == 2


async def test_a_rule_that_looks_back_further_than_it_did_loses_no_hit() -> None:
    worker = await CorrelateWorker(RULE).take(*(signal_message(hit(n), n) for n in range(1, 20)))
    edited = replace(RULE, max_lateness=2 * RULE.max_lateness)

    again = await CorrelateWorker(edited, worker.table).take(signal_message(hit(20), 20))

    read = CorrelateWorker(edited, again.table).state
    assert [kept.identity for kept in read.hits] == [hit(n).identity for n in range(1, 21)]


async def test_panes_go_with_their_time() -> None:
    worker = CorrelateWorker(RULE)

    for hour in range(400):
        at = NOON + hour * HOUR
        await worker.take(signal_message(hit(hour), 2 * hour + 1), ticks(at, 2 * hour + 2))

    assert worker.alerts[-1].evidence_count == 400
    assert len(worker.state.hits) < 100
    assert len(worker.table) < 70


async def test_a_crash_between_a_pane_and_its_head_loses_no_hit_and_counts_none_twice() -> None:
    worker = await CorrelateWorker(RULE).take(*(signal_message(hit(n / 2), n) for n in (1, 2, 3)))
    before = dict(worker.table)
    await worker.take(signal_message(hit(2), 4))
    (head,) = (key for key in before if has_kind(key, ValueKind.WINDOW))
    torn = worker.table | {head: before[head]}

    again = await CorrelateWorker(RULE, torn).take(signal_message(hit(2), 4))

    assert again.alerts[-1] == worker.alerts[-1]
    assert again.state == worker.state


async def test_what_is_forgotten_is_not_due_again() -> None:
    worker = await CorrelateWorker().take(signal_message(hit(0), 1), ticks(LONG_AFTER, 2))
    before = list(worker.revisions)

    await worker.take(ticks(LONG_AFTER + timedelta(hours=1), 3))

    assert worker.revisions == before
    assert worker.dead_letters == []


async def test_a_signal_of_a_bundle_that_nobody_published_is_a_dead_letter_at_once() -> None:
    worker = CorrelateWorker()

    async def newest_published() -> int:
        return 3

    worker.correlation.bundles.newest_published = newest_published
    await worker.take(signal_message(hit(0).model_copy(update={"bundle": 10**9})))

    assert worker.dead_letters == [("correlate", "bundle 1000000000: never published")]
    assert worker.alerts == []


async def test_of_a_tick_that_is_left_out_the_time_counts_and_the_next_resolves() -> None:
    worker = await CorrelateWorker().take(signal_message(hit(0), 1))

    await worker.correlation.pass_over(tick_message(tick(AFTER, 0, partitions=2), offset=2))
    silent = list(worker.revisions)
    later = await worker.restarted().take(tick_message(tick(AFTER, 1, partitions=2), offset=3))

    assert silent == [(Status.FIRING, 1)]
    assert later.revisions == [(Status.RESOLVED, 2)]


async def test_a_signal_that_is_left_out_changes_no_state_and_the_next_counts() -> None:
    worker = await CorrelateWorker().take(signal_message(hit(0), 1))
    kept = dict(worker.table)

    await worker.correlation.pass_over(signal_message(hit(1), 2))
    unchanged = worker.table == kept
    await worker.take(signal_message(hit(2), 3))

    assert unchanged
    assert worker.revisions == [(Status.FIRING, 1), (Status.FIRING, 2)]
    assert worker.alerts[-1].evidence_count == 2


async def test_the_message_in_hand_is_that_which_states_are_handled_for() -> None:
    held: list[int | None] = []
    worker = CorrelateWorker()
    in_hand = worker.correlation.in_hand

    class Watching(FakeRecordSender):
        """Notes which message is in hand when an alert is sent."""

        async def send(self, topic: str, record: ProducerRecord) -> Awaitable[object]:
            running = in_hand.find_running()
            held.append(running.offset if running else None)
            return await super().send(topic, record)

    worker.correlation.runner.sender = Watching()
    await worker.take(signal_message(hit(0), 1))

    assert set(held) == {1}
