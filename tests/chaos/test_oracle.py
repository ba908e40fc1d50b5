from dataclasses import replace

from tests.chaos.material import StoryPart
from tests.chaos.oracle import FIRING, RESOLVED, AlertKey, predict
from tests.chaos.pack import ANSWER_SECONDS, BARRAGE, COUNCIL, TRIPWIRE, UNANSWERED, PackTiming
from tests.chaos.record import Accepted

TIMING = PackTiming(span_seconds=60)
START = 1_000.0


def versions(*parts: StoryPart) -> list[Accepted]:
    """A report and what corrects it, a second apart."""
    times = (START + number for number in range(len(parts)))
    return [Accepted(part.name or "", part, at, at) for part, at in zip(parts, times, strict=True)]


def report(base: str, place: str, at: float = START, **changes: object) -> Accepted:
    accepted_at = changes.pop("accepted_at", at)
    actor = changes.pop("actor", None)
    assert isinstance(accepted_at, float)
    assert actor is None or isinstance(actor, str)
    return Accepted(f"{base}-{place}-{at}", StoryPart(base, place, actor=actor), at, accepted_at)


def rockets(place: str, *times: float) -> list[Accepted]:
    return [report("rocket", place, START + time) for time in times]


def test_every_tripwire_is_an_alert_due_when_it_is_accepted() -> None:
    prediction = predict(
        [report("tripwire", "a"), report("tripwire", "b", accepted_at=1_007.0)], TIMING
    )

    assert set(prediction.expected) == {AlertKey(TRIPWIRE, "a"), AlertKey(TRIPWIRE, "b")}
    assert prediction.expected[AlertKey(TRIPWIRE, "b")].due == 1_007.0
    assert prediction.expected[AlertKey(TRIPWIRE, "b")].end == RESOLVED


def test_five_rockets_on_one_place_are_a_barrage_and_four_are_none() -> None:
    prediction = predict([*rockets("a", 0, 1, 2, 3, 4), *rockets("b", 0, 1, 2, 3)], TIMING)

    assert list(prediction.expected) == [AlertKey(BARRAGE, "a")]


def test_rockets_count_within_the_span_without_its_start() -> None:
    prediction = predict(
        [*rockets("a", 0, 15, 30, 45, 60), *rockets("b", 1, 15, 30, 45, 60)], TIMING
    )

    assert list(prediction.expected) == [AlertKey(BARRAGE, "b")]


def test_a_barrage_is_due_when_the_fifth_is_accepted_in_whatever_order() -> None:
    late = report("rocket", "a", START, accepted_at=1_099.0)

    prediction = predict([late, *rockets("a", 1, 2, 3, 4)], TIMING)

    assert prediction.expected[AlertKey(BARRAGE, "a")].due == 1_099.0


def test_a_council_takes_three_who_differ() -> None:
    three = [report("pledge", "a", START + n, actor=f"g{n}") for n in range(3)]
    two = [report("pledge", "b", START + n, actor=f"g{n % 2}") for n in range(4)]

    prediction = predict([*three, *two], TIMING)

    assert list(prediction.expected) == [AlertKey(COUNCIL, "a")]
    assert prediction.expected[AlertKey(COUNCIL, "a")].end == FIRING


def test_a_call_without_an_answer_is_due_at_the_end_of_its_time() -> None:
    prediction = predict([report("call", "a"), report("answer", "b")], TIMING)

    assert prediction.expected[AlertKey(UNANSWERED, "a")].due == START + ANSWER_SECONDS
    assert len(prediction.expected) == 1
    assert not prediction.may_be_withdrawn


def test_an_answer_in_time_is_silence_and_one_that_came_in_late_may_be_withdrawn() -> None:
    on_time = [report("call", "a"), report("answer", "a", START + 5)]
    held_up = [report("call", "b"), report("answer", "b", START + 5, accepted_at=START + 21)]

    prediction = predict([*on_time, *held_up], TIMING)

    assert not prediction.expected
    assert prediction.may_be_withdrawn == {AlertKey(UNANSWERED, "b")}


TRIP = StoryPart("tripwire", "a", name="v0")
AGAIN = replace(TRIP, name="v0-v1", supersedes="v0")
GONE = replace(TRIP, name="v0-v1", retracts="v0", is_empty=True)
ALERT = AlertKey(TRIPWIRE, "a")


def test_what_is_retracted_is_no_alert_and_one_that_came_may_be_withdrawn() -> None:
    prediction = predict(versions(TRIP, GONE), TIMING)

    assert not prediction.expected
    assert prediction.may_be_withdrawn == {ALERT}


def test_a_new_version_is_an_alert_in_place_of_the_first() -> None:
    prediction = predict(versions(TRIP, AGAIN), TIMING)

    assert prediction.expected[ALERT].due == START + 1
    assert prediction.may_be_withdrawn == {ALERT}


def test_a_report_and_its_versions_are_one_rocket() -> None:
    first = StoryPart("rocket", "a", name="v0")
    replaced = [replace(first, name=f"v0-v{number}", supersedes="v0") for number in (1, 2)]

    four = predict([*rockets("a", 0, 1, 2), *versions(first, *replaced)], TIMING)
    five = predict([*rockets("a", 0, 1, 2, 3), *versions(first, *replaced)], TIMING)

    assert (four.expected, four.may_be_withdrawn) == ({}, frozenset())
    assert list(five.expected) == [AlertKey(BARRAGE, "a")]


def test_an_answer_that_is_retracted_is_none() -> None:
    answer = StoryPart("answer", "a", name="v0")
    gone = replace(answer, name="v0-v1", retracts="v0", is_empty=True)

    prediction = predict([report("call", "a"), *versions(answer, gone)], TIMING)

    assert prediction.expected[AlertKey(UNANSWERED, "a")].due == START + ANSWER_SECONDS
