"""detect: events in, signals and dead letters out, ticks behind what they follow."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta

import pytest

from schemas.envelope import header
from schemas.event import Event
from schemas.signal import Signal
from schemas.tick import Tick
from schemas.topics import DEAD_LETTERS, SIGNALS
from services.matcher.adapters.detection.detect import Detection
from services.matcher.adapters.detection.matcher import Matcher, MatchResult
from services.matcher.adapters.detection.unreadable import UnreadableItems
from services.matcher.adapters.rules.guard import RuleFailure
from services.matcher.adapters.topics.record_sender import ProducerRecord
from services.matcher.domain.detection.lists import Lists
from services.matcher.domain.detection.predicates import AllOf, FieldTest
from services.matcher.domain.detection.view import EventView
from services.matcher.domain.rules.rulebook import CompiledRule, PackRules, Rulebook
from tests.fakes import FakeOutbox
from tests.matcher.builders import ALONE, NOON, hit
from tests.matcher.messages import Given, as_event, event, given, tick, tick_message


class Broken(FieldTest):
    """A condition that keeps no promise."""

    field = "title"

    def holds(self, view: EventView) -> bool:
        raise ZeroDivisionError(view.event.id)

    def members(self, view: EventView) -> Iterable[str]:
        raise ZeroDivisionError(view.event.id)


def rulebook(**predicates: AllOf | FieldTest) -> Rulebook:
    rules = tuple(CompiledRule("pack", name, one) for name, one in predicates.items())
    pack = PackRules("pack", Lists(), rules, tuple(range(len(rules))), {}, {}, ("",) * len(rules))
    windows = [replace(ALONE, pack="pack", name=name, bases=(name,)) for name in predicates]
    feeds = {("pack", window.name): (window,) for window in windows}
    return Rulebook(packs=(pack,), feeds=feeds)


def detecting(
    judge: Callable[[Event], MatchResult], partitions: int = 3, limit: int = 1_000_000
) -> Detection:
    sent = FakeOutbox(limit=limit)
    return Detection(judge, sent, partitions, UnreadableItems(sent))


def found(*signals: Signal) -> Detection:
    return detecting(lambda _event: MatchResult(signals))


def outbox(detection: Detection) -> FakeOutbox:
    assert isinstance(detection.outbox, FakeOutbox)
    return detection.outbox


def partitions(letters: Iterable[ProducerRecord]) -> list[int | None]:
    return [letter.partition for letter in letters]


async def test_every_signal_of_an_event_is_sent_under_the_key_of_its_window() -> None:
    first, second = hit(0), hit(1).model_copy(update={"group": {"place": "Taji"}})
    detection = found(first, second)

    await detection.take(given(event()))

    sent = outbox(detection).to(SIGNALS)
    assert [letter.key for letter in sent] == [first.key, second.key]
    assert [Signal.model_validate_json(letter.value or b"") for letter in sent] == [first, second]
    assert [header(letter.headers, "ce_type") for letter in sent] == ["vedette.signal"] * 2


async def test_the_same_hit_of_the_same_window_has_the_same_id_and_others_have_others() -> None:
    detection = found(hit(0), hit(0), hit(1))

    await detection.take(given(event()))

    ids = [header(letter.headers, "ce_id") for letter in outbox(detection).to(SIGNALS)]
    assert ids[0] == ids[1] != ids[2]


async def test_a_tick_goes_to_every_signals_partition_behind_the_signals_before_it() -> None:
    detection = found(hit(0))
    told = tick(partition=1, partitions=4)

    await detection.take(given(event()))
    await detection.take(tick_message(told))

    _signal, *ticks = outbox(detection).to(SIGNALS)
    assert partitions(ticks) == [0, 1, 2]
    assert {Tick.model_validate_json(letter.value or b"") for letter in ticks} == {told}


async def test_a_tick_says_for_which_bundle_the_past_of_its_partition_is_judged() -> None:
    detection = replace(found(), rebuilt=lambda partition: 10 + partition)

    await detection.take(tick_message(tick(partition=1, partitions=4)))

    ticks = outbox(detection).to(SIGNALS)
    assert [Tick.model_validate_json(one.value or b"").rebuilt for one in ticks] == [11] * 3


async def test_poison_is_buried_with_its_reason_and_place_and_the_rest_goes_on() -> None:
    detection = found(hit(0))

    await detection.take(given([{"id": "bad"}, event()]))

    (letter,) = outbox(detection).to(DEAD_LETTERS)
    assert letter.value == b'{"id":"bad"}'
    assert letter.key == b"a-key"
    place = [header(letter.headers, name) for name in ("where", "topic", "partition", "offset")]
    assert place == ["detect", "vedette.events", "1", "7"]
    assert len(outbox(detection).to(SIGNALS)) == 1


async def test_poison_too_large_for_a_dead_letter_is_buried_by_its_place_alone() -> None:
    detection = detecting(lambda _event: MatchResult(()), limit=100)

    await detection.take(Given(b"x" * 101))

    (letter,) = outbox(detection).to(DEAD_LETTERS)
    assert letter.value is None
    assert header(letter.headers, "offset") == "7"


async def test_a_signal_over_the_size_limit_is_buried_and_the_rest_goes_on() -> None:
    small = hit(0)
    large = hit(1).model_copy(update={"fields": {"text": "x" * 2000}})
    detection = replace(found(large, small), outbox=FakeOutbox(limit=1000))

    await detection.take(given(event()))

    (letter,) = outbox(detection).to(DEAD_LETTERS)
    assert header(letter.headers, "where") == "joint_march"
    assert [one.key for one in outbox(detection).to(SIGNALS)] == [small.key]


async def test_a_rule_that_fails_on_an_event_is_named_and_the_other_rules_go_on() -> None:
    judge = Matcher(rulebook(bad=Broken(), good=AllOf(())))
    detection = detecting(judge, partitions=1)

    await detection.take(given(event()))

    (letter,) = outbox(detection).to(DEAD_LETTERS)
    assert header(letter.headers, "where") == "bad"
    assert header(letter.headers, "reason") == "ZeroDivisionError: e-1"
    assert Event.model_validate_json(letter.value or b"") == as_event()
    (sent,) = outbox(detection).to(SIGNALS)
    assert Signal.model_validate_json(sent.value or b"").rule == "good"


def test_what_fails_for_every_rule_is_the_fault_of_none() -> None:
    verdict = Matcher(rulebook(bad=Broken(), worse=Broken()))(as_event())

    assert verdict == MatchResult((), (RuleFailure("detect", "ZeroDivisionError: e-1"),))


@pytest.mark.parametrize("minutes", [pytest.param(5, id="later"), pytest.param(-5, id="earlier")])
async def test_the_newest_recorded_time_only_goes_forward(minutes: int) -> None:
    detection = found()
    other = NOON + timedelta(minutes=minutes)

    await detection.take(given(event()))
    await detection.take(given(event(id="e-2", recorded_at=other.isoformat())))

    assert detection.newest.recorded_at == max(NOON, other)
