"""The skew of a clock: what messages prove, and no more."""

import pytest

from services.clock_skew import ClockSkew, prove_skew

HOUR = 3600.0

PROOFS = {
    "right, and Kafka slow to answer": ((100.0, 101.0, 105.0), 0.0),
    "ahead": ((1000.0, 100.0, 1000.1), 900.0),
    "behind": ((100.0, 1000.0, 100.1), -899.9),
    "by no more than the message took": ((100.0, 100.4, 100.5), 0.0),
}


@pytest.mark.parametrize(("times", "skew"), PROOFS.values(), ids=PROOFS)
def test_a_message_proves_what_its_way_does_not_explain(
    times: tuple[float, float, float], skew: float
) -> None:
    assert prove_skew(*times) == pytest.approx(skew)


def test_a_clock_that_is_right_again_is_no_fault_any_more() -> None:
    notes: dict[str, str] = {}
    skew = ClockSkew(5.0, notes)

    skew.note_sent(100.0 + HOUR, 100.0, 100.1 + HOUR)
    ahead = dict(notes)
    skew.note_sent(200.0, 200.0, 200.1)

    said = "this machine's clock is 3600.0 s ahead of Kafka's: 5 s are allowed"
    assert ahead == {"clock": said}
    assert skew.check() is None
    assert notes == {}


def test_within_what_is_allowed_there_is_no_fault() -> None:
    skew = ClockSkew(5.0)

    skew.note_sent(105.0, 100.0, 105.1)

    assert skew.seconds == 5.0
    assert skew.check() is None


def test_what_is_received_proves_that_a_clock_is_behind() -> None:
    skew = ClockSkew(5.0)

    skew.note_received(appended=1000.0, received=100.0)
    behind = skew.check()
    skew.note_received(appended=1001.0, received=1001.5)

    assert behind == "this machine's clock is 900.0 s behind Kafka's: 5 s are allowed"
    assert skew.check() is None


def test_a_backlog_does_not_prove_that_a_clock_is_right() -> None:
    skew = ClockSkew(5.0)
    skew.note_sent(1000.0, 100.0, 1000.1)

    skew.note_received(appended=100.0, received=1001.0)

    assert skew.seconds == 900.0
