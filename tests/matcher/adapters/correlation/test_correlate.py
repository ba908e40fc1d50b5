"""correlate: signals into windows, alerts out; what is repeated changes nothing."""

from collections.abc import Awaitable
from dataclasses import replace
from datetime import timedelta

from schemas.alert import Status
from schemas.envelope import header
from schemas.rule import Condition
from schemas.signal import Signal
from schemas.topics import ALERTS, SIGNALS
from services.matcher.adapters.state.keys import ValueKind, has_kind
from services.matcher.adapters.topics.records import ProducerRecord
from tests.fakes import FakeRecordSender
from tests.matcher.builders import HOUR, NOON, RULE, hit
from tests.matcher.correlate_worker import ABOVE, CorrelateWorker
from tests.matcher.correlation import states_in, ticks
from tests.matcher.messages import Given, signal_message

ONE = replace(RULE, condition=Condition(gte=1))


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


async def test_a_signal_of_a_bundle_that_nobody_published_is_a_dead_letter_at_once() -> None:
    worker = CorrelateWorker()

    async def newest_published() -> int:
        return 3

    worker.correlation.bundles.newest_published = newest_published
    await worker.take(signal_message(hit(0).model_copy(update={"bundle": 10**9})))

    assert worker.dead_letters == [("correlate", "bundle 1000000000: never published")]
    assert worker.alerts == []


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
