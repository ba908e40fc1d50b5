import pytest

from tests.chaos.oracle import FIRING, RESOLVED, WITHDRAWN, AlertKey, Expected, Foretold
from tests.chaos.verdict import ReceivedMessage, Verdict, lines, paging

TRIP, COUNCIL, ASKED = (
    AlertKey("tripwire", "a"),
    AlertKey("council", "b"),
    AlertKey("unanswered", "c"),
)
FORETOLD = Foretold(
    {TRIP: Expected(RESOLVED, 10.0, ("r-1",)), COUNCIL: Expected(FIRING, 20.0, ("r-2",))},
    frozenset({ASKED}),
)


def got(mark: AlertKey | None, end: str = RESOLVED, at: float = 12.5) -> ReceivedMessage:
    return ReceivedMessage(mark, "id", at, end, "words")


def verdict(*received: ReceivedMessage) -> Verdict:
    return Verdict("Slack", FORETOLD, received)


def test_each_expected_alert_once_and_rightly_ended_is_good() -> None:
    told = verdict(got(TRIP), got(COUNCIL, FIRING, 21.0))

    assert told.good
    assert told.waits == {TRIP: (12.5, 2.5), COUNCIL: (21.0, 1.0)}


@pytest.mark.parametrize(
    ("received", "what", "mark"),
    [
        ([got(TRIP)], "lost", COUNCIL),
        ([got(TRIP), got(COUNCIL, FIRING), got(TRIP)], "duplicated", TRIP),
        (
            [got(TRIP), got(COUNCIL, FIRING), got(AlertKey("barrage", "x"))],
            "unexpected",
            AlertKey("barrage", "x"),
        ),
        ([got(TRIP, FIRING), got(COUNCIL, FIRING)], "astray", TRIP),
        ([got(TRIP), got(COUNCIL, FIRING), got(ASKED, RESOLVED)], "unexpected", ASKED),
    ],
    ids=["lost", "duplicated", "unexpected", "wrong end", "false alarm that stands"],
)
def test_what_went_wrong_is_named(
    received: list[ReceivedMessage], what: str, mark: AlertKey
) -> None:
    told = verdict(*received)

    assert getattr(told, what) == [mark]
    assert not told.good


def test_a_false_alarm_is_forgiven_where_the_answer_came_late_and_it_was_withdrawn() -> None:
    assert verdict(got(TRIP), got(COUNCIL, FIRING), got(ASKED, WITHDRAWN)).good


def test_a_message_of_no_rule_of_ours_is_a_notice() -> None:
    told = verdict(got(TRIP), got(COUNCIL, FIRING), got(None))

    assert told.good
    assert told.notices == ["words"]


def test_the_pager_hears_of_the_paging_rules_alone() -> None:
    more = Foretold(
        {**FORETOLD.expected, AlertKey("barrage", "d"): Expected(RESOLVED, 0.0, ())}, frozenset()
    )

    assert set(paging(more).expected) == {TRIP, COUNCIL}


def test_the_table_counts_and_names_the_worst_wait() -> None:
    table = lines([verdict(got(TRIP), got(TRIP))])

    assert table[1].split() == ["Slack", "2", "1", "1", "1", "0", "0", "2.5"]
