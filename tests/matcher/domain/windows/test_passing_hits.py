from services.matcher.domain.windows.passing_hits import PassingHits
from services.matcher.domain.windows.state import make_hit
from tests.matcher.builders import hit

HIT, OTHER = make_hit(hit(0, "one")), make_hit(hit(0, "other"))


def test_hits_pass_in_the_order_of_their_times() -> None:
    hits = PassingHits()
    hits.add(3, HIT)
    hits.add(2, OTHER)

    assert hits.pass_to(1) == []
    assert hits.pass_to(3) == [OTHER, HIT]
    assert hits.pass_to(9) == []


def test_a_time_that_has_passed_holds_no_hit() -> None:
    hits = PassingHits()
    hits.pass_to(3)

    assert not hits.add(3, HIT)
    assert not hits.take_out(3, HIT)
    assert hits.add(4, HIT)


def test_a_hit_that_comes_and_goes_again_and_again_is_there_or_not() -> None:
    gone, back = PassingHits(), PassingHits()
    for hits in (gone, back):
        for _ in range(3):
            hits.add(3, HIT)
            hits.take_out(3, HIT)
    back.add(3, HIT)

    assert gone.pass_to(3) == []
    assert back.pass_to(3) == [HIT]
