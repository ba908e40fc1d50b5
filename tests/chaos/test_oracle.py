from tests.chaos.material import Part
from tests.chaos.oracle import FIRING, RESOLVED, AlertKey, foretell
from tests.chaos.pack import ANSWER_SECONDS, BARRAGE, COUNCIL, TRIPWIRE, UNANSWERED, Terms
from tests.chaos.record import Accepted

TERMS = Terms(span_seconds=60)
START = 1_000.0


def report(base: str, place: str, at: float = START, **changes: object) -> Accepted:
    accepted_at = changes.pop("accepted_at", at)
    actor = changes.pop("actor", None)
    assert isinstance(accepted_at, float)
    assert actor is None or isinstance(actor, str)
    return Accepted(f"{base}-{place}-{at}", Part(base, place, actor=actor), at, accepted_at)


def rockets(place: str, *times: float) -> list[Accepted]:
    return [report("rocket", place, START + time) for time in times]


def test_every_tripwire_is_an_alert_from_its_own_acceptance_on() -> None:
    told = foretell([report("tripwire", "a"), report("tripwire", "b", accepted_at=1_007.0)], TERMS)

    assert set(told.expected) == {AlertKey(TRIPWIRE, "a"), AlertKey(TRIPWIRE, "b")}
    assert told.expected[AlertKey(TRIPWIRE, "b")].due == 1_007.0
    assert told.expected[AlertKey(TRIPWIRE, "b")].end == RESOLVED


def test_five_rockets_on_one_place_are_a_barrage_and_four_are_none() -> None:
    told = foretell([*rockets("a", 0, 1, 2, 3, 4), *rockets("b", 0, 1, 2, 3)], TERMS)

    assert list(told.expected) == [AlertKey(BARRAGE, "a")]


def test_five_rockets_count_within_the_span_alone_whose_start_is_left_out() -> None:
    told = foretell([*rockets("a", 0, 15, 30, 45, 60), *rockets("b", 1, 15, 30, 45, 60)], TERMS)

    assert list(told.expected) == [AlertKey(BARRAGE, "b")]


def test_a_barrage_is_due_when_the_fifth_is_accepted_in_whatever_order() -> None:
    late = report("rocket", "a", START, accepted_at=1_099.0)

    told = foretell([late, *rockets("a", 1, 2, 3, 4)], TERMS)

    assert told.expected[AlertKey(BARRAGE, "a")].due == 1_099.0


def test_a_council_takes_three_who_differ() -> None:
    three = [report("pledge", "a", START + n, actor=f"g{n}") for n in range(3)]
    two = [report("pledge", "b", START + n, actor=f"g{n % 2}") for n in range(4)]

    told = foretell([*three, *two], TERMS)

    assert list(told.expected) == [AlertKey(COUNCIL, "a")]
    assert told.expected[AlertKey(COUNCIL, "a")].end == FIRING


def test_a_call_without_an_answer_is_due_at_the_end_of_its_time() -> None:
    told = foretell([report("call", "a"), report("answer", "b")], TERMS)

    assert told.expected[AlertKey(UNANSWERED, "a")].due == START + ANSWER_SECONDS
    assert len(told.expected) == 1
    assert not told.forgivable


def test_an_answer_in_time_is_silence_and_one_that_came_in_late_may_be_withdrawn() -> None:
    on_time = [report("call", "a"), report("answer", "a", START + 5)]
    held_up = [report("call", "b"), report("answer", "b", START + 5, accepted_at=START + 21)]

    told = foretell([*on_time, *held_up], TERMS)

    assert not told.expected
    assert told.forgivable == {AlertKey(UNANSWERED, "b")}
