"""detect: events in, signals and dead letters out, ticks behind what they follow."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import pytest

from schemas.envelope import header
from schemas.event import Event
from schemas.retraction import Retraction
from schemas.signal import Signal
from schemas.tick import Tick
from schemas.topics import DEAD_LETTERS, SIGNALS
from services.matcher.adapters import metrics
from services.matcher.adapters.detection.matcher import Matcher, MatchResult
from services.matcher.adapters.topics.records import ProducerRecord
from services.matcher.domain.detection.lists import Lists
from services.matcher.domain.detection.predicates import AllOf, FieldTest
from services.matcher.domain.detection.view import EventView
from services.matcher.domain.engine.effects import RuleFailure
from services.matcher.domain.rules.rule_index import without_prefilters
from services.matcher.domain.rules.rulebook import CompiledRule, PackRules, Rulebook
from tests.fakes import FakeRecordSender
from tests.matcher.builders import ALONE, NOON, hit
from tests.matcher.detections import detection_by, detection_of, sender_of
from tests.matcher.messages import Given, as_event, event, given, tick, tick_message


class Broken(FieldTest):
    """A condition that keeps no promise."""

    field = "title"

    def holds(self, view: EventView) -> bool:
        raise ZeroDivisionError(view.event.id)

    def members(self, view: EventView) -> Iterable[str]:
        raise ZeroDivisionError(view.event.id)


def rulebook(**predicates: AllOf | FieldTest) -> Rulebook:
    rules = tuple(CompiledRule("pack", name, predicate) for name, predicate in predicates.items())
    pack = PackRules("pack", Lists(), rules, without_prefilters(len(rules)))
    windows = [replace(ALONE, pack="pack", name=name, bases=(name,)) for name in predicates]
    feeds = {("pack", window.name): (window,) for window in windows}
    return Rulebook(packs=(pack,), feeds=feeds)


def partitions(records: Iterable[ProducerRecord]) -> list[int | None]:
    return [record.partition for record in records]


async def test_every_event_of_a_batch_is_counted() -> None:
    before = metrics.EVENTS._value.get()  # noqa: SLF001  (the only way to read one)

    await detection_of().process(given([event(id="e-1"), {}, event(id="e-2")]))

    assert metrics.EVENTS._value.get() == before + 2  # noqa: SLF001


async def test_every_signal_of_an_event_is_sent_under_the_key_of_its_window() -> None:
    first, second = hit(0), hit(1).model_copy(update={"group": {"place": "Taji"}})
    detection = detection_of(first, second)

    await detection.process(given(event()))

    sent = sender_of(detection).to(SIGNALS)
    assert [record.key for record in sent] == [first.key, second.key]
    assert [Signal.model_validate_json(record.value or b"") for record in sent] == [first, second]
    assert [header(record.headers, "ce_type") for record in sent] == ["vedette.signal"] * 2


async def test_the_same_hit_of_the_same_window_has_the_same_id_and_others_have_others() -> None:
    detection = detection_of(hit(0), hit(0), hit(1))

    await detection.process(given(event()))

    ids = [header(record.headers, "ce_id") for record in sender_of(detection).to(SIGNALS)]
    assert ids[0] == ids[1] != ids[2]


@pytest.mark.parametrize("how", ["supersedes", "retracts"])
async def test_a_correction_sends_a_retraction_to_every_partition_before_its_own_hits(
    how: str,
) -> None:
    detection = detection_of(hit(0))

    await detection.process(given(event(id="e-2", **{how: "e-1"})))

    *retractions, last = sender_of(detection).to(SIGNALS)
    assert partitions(retractions) == [0, 1, 2]
    assert {Retraction.model_validate_json(one.value or b"") for one in retractions} == {
        Retraction(identity="reuters e-1", by="reuters e-2", recorded_at=NOON)
    }
    assert header(last.headers, "ce_type") == "vedette.signal"


async def test_a_tick_goes_to_every_signals_partition_behind_the_signals_before_it() -> None:
    detection = detection_of(hit(0))
    passed = tick(partition=1, partitions=4)

    await detection.process(given(event()))
    await detection.process(tick_message(passed))

    _signal, *ticks = sender_of(detection).to(SIGNALS)
    assert partitions(ticks) == [0, 1, 2]
    assert {Tick.model_validate_json(record.value or b"") for record in ticks} == {passed}


async def test_a_tick_repeats_up_to_which_bundle_its_partition_is_backfilled() -> None:
    detection = replace(detection_of(), backfilled=lambda partition: 10 + partition)

    await detection.process(tick_message(tick(partition=1, partitions=4)))

    ticks = sender_of(detection).to(SIGNALS)
    assert [Tick.model_validate_json(record.value or b"").backfilled for record in ticks] == [
        11
    ] * 3


async def test_poison_is_a_dead_letter_with_its_reason_and_offset_and_the_rest_goes_on() -> None:
    detection = detection_of(hit(0))

    await detection.process(given([{"id": "bad"}, event()]))

    (dead,) = sender_of(detection).to(DEAD_LETTERS)
    assert dead.value == b'{"id":"bad"}'
    assert dead.key == b"a-key"
    source = [header(dead.headers, name) for name in ("where", "topic", "partition", "offset")]
    assert source == ["detect", "vedette.events", "1", "7"]
    assert len(sender_of(detection).to(SIGNALS)) == 1


async def test_poison_too_large_for_a_dead_letter_is_one_without_a_value() -> None:
    detection = detection_by(lambda _event: MatchResult(()), limit=100)

    await detection.process(Given(b"x" * 101))

    (dead,) = sender_of(detection).to(DEAD_LETTERS)
    assert dead.value is None
    assert header(dead.headers, "offset") == "7"


async def test_a_signal_over_the_size_limit_is_a_dead_letter_and_the_rest_goes_on() -> None:
    small = hit(0)
    large = hit(1).model_copy(update={"fields": {"text": "x" * 2000}})
    detection = replace(detection_of(large, small), sender=FakeRecordSender(limit=1000))

    await detection.process(given(event()))

    (dead,) = sender_of(detection).to(DEAD_LETTERS)
    assert header(dead.headers, "where") == "joint_march"
    assert [record.key for record in sender_of(detection).to(SIGNALS)] == [small.key]


async def test_a_rule_that_fails_on_an_event_is_named_and_the_other_rules_go_on() -> None:
    matcher = Matcher(rulebook(bad=Broken(), good=AllOf(())))
    detection = detection_by(matcher, partitions=1)

    await detection.process(given(event()))

    (dead,) = sender_of(detection).to(DEAD_LETTERS)
    assert header(dead.headers, "where") == "bad"
    assert header(dead.headers, "reason") == "ZeroDivisionError: e-1"
    assert Event.model_validate_json(dead.value or b"") == as_event()
    (sent,) = sender_of(detection).to(SIGNALS)
    assert Signal.model_validate_json(sent.value or b"").rule == "good"


def test_what_fails_for_every_rule_is_the_fault_of_none() -> None:
    result = Matcher(rulebook(bad=Broken(), worse=Broken()))(as_event())

    assert result == MatchResult((), (RuleFailure("detect", "ZeroDivisionError: e-1"),))


@pytest.mark.parametrize("minutes", [pytest.param(5, id="later"), pytest.param(-5, id="earlier")])
async def test_the_newest_recorded_time_only_goes_forward(minutes: int) -> None:
    detection = detection_of()
    other = NOON + timedelta(minutes=minutes)

    await detection.process(given(event()))
    await detection.process(given(event(id="e-2", recorded_at=other.isoformat())))

    assert detection.newest.recorded_at == max(NOON, other)


async def test_the_lethal_items_of_a_batch_are_set_aside_and_the_others_processed() -> None:
    detection = detection_of(hit(0))
    batch = given([event(id="e-1"), event(id="e-2"), event(id="e-3")])

    await detection.process(batch, frozenset({1}))

    (letter,) = sender_of(detection).to(DEAD_LETTERS)
    signals = [Signal.model_validate_json(r.value or b"") for r in sender_of(detection).to(SIGNALS)]
    assert Event.model_validate_json(letter.value or b"").id == "e-2"
    assert header(letter.headers, "reason") == "crashes_worker"
    assert [signal.rule for signal in signals].count(hit(0).rule) == 2


async def test_the_item_in_hand_is_that_of_the_batch_and_a_message_alone_has_none() -> None:
    held: list[int | None] = []

    def note(_event: Event) -> MatchResult:
        running = detection.in_hand.find_running()
        held.append(running.item if running else -1)
        return MatchResult(())

    detection = detection_by(note)

    await detection.process(given([event(id="e-1"), event(id="e-2")]))
    await detection.process(given(event()))

    assert held == [0, 1, None]
