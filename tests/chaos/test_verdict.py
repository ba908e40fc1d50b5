import pytest

from tests.chaos.oracle import FIRING, RESOLVED, WITHDRAWN, AlertKey, ExpectedOutcome, Prediction
from tests.chaos.verdict import ReceivedMessage, Verdict, count_table, select_paged

TRIP, COUNCIL, CALL = (
    AlertKey("tripwire", "a"),
    AlertKey("council", "b"),
    AlertKey("unanswered", "c"),
)
PREDICTION = Prediction(
    {
        TRIP: ExpectedOutcome(RESOLVED, 10.0, ("r-1",)),
        COUNCIL: ExpectedOutcome(FIRING, 20.0, ("r-2",)),
    },
    frozenset({CALL}),
)


def message(key: AlertKey | None, end: str = RESOLVED, at: float = 12.5) -> ReceivedMessage:
    return ReceivedMessage(key, "id", at, end, "words")


def verdict(*received: ReceivedMessage) -> Verdict:
    return Verdict("Slack", PREDICTION, received)


def test_each_expected_alert_once_with_its_end_passes() -> None:
    result = verdict(message(TRIP), message(COUNCIL, FIRING, 21.0))

    assert result.passed
    assert result.delays == {TRIP: (12.5, 2.5), COUNCIL: (21.0, 1.0)}


@pytest.mark.parametrize(
    ("received", "what", "key"),
    [
        ([message(TRIP)], "lost", COUNCIL),
        ([message(TRIP), message(COUNCIL, FIRING), message(TRIP)], "duplicated", TRIP),
        (
            [message(TRIP), message(COUNCIL, FIRING), message(AlertKey("barrage", "x"))],
            "unexpected",
            AlertKey("barrage", "x"),
        ),
        ([message(TRIP, FIRING), message(COUNCIL, FIRING)], "wrong_end", TRIP),
        ([message(TRIP), message(COUNCIL, FIRING), message(CALL, RESOLVED)], "unexpected", CALL),
    ],
    ids=["lost", "duplicated", "unexpected", "wrong end", "false alarm not withdrawn"],
)
def test_each_kind_of_failure_lists_its_alert(
    received: list[ReceivedMessage], what: str, key: AlertKey
) -> None:
    result = verdict(*received)

    assert getattr(result, what) == [key]
    assert not result.passed


def test_a_withdrawn_absence_is_allowed_where_the_answer_came_late() -> None:
    assert verdict(message(TRIP), message(COUNCIL, FIRING), message(CALL, WITHDRAWN)).passed


@pytest.mark.parametrize("withdrawn", [WITHDRAWN, RESOLVED], ids=["Slack", "PagerDuty"])
def test_an_alert_may_come_again_after_it_was_withdrawn_where_a_report_is_corrected(
    withdrawn: str,
) -> None:
    prediction = Prediction(PREDICTION.expected, frozenset({COUNCIL}))
    again = [message(COUNCIL, withdrawn), message(COUNCIL, FIRING, 21.0)]

    allowed = Verdict("any", prediction, [message(TRIP), *again], withdrawn)
    only_withdrawn = Verdict("any", prediction, [message(TRIP), again[0]], withdrawn)

    assert allowed.passed
    assert allowed.delays[COUNCIL] == (21.0, 1.0)
    assert only_withdrawn.wrong_end == [COUNCIL]
    assert verdict(message(TRIP), *again).duplicated == [COUNCIL]


def test_a_message_of_no_rule_of_the_pack_is_a_notice() -> None:
    result = verdict(message(TRIP), message(COUNCIL, FIRING), message(None))

    assert result.passed
    assert result.notices == ["words"]


def test_only_paging_rules_are_expected_at_the_pager() -> None:
    more = Prediction(
        {**PREDICTION.expected, AlertKey("barrage", "d"): ExpectedOutcome(RESOLVED, 0.0, ())},
        frozenset(),
    )

    assert set(select_paged(more).expected) == {TRIP, COUNCIL}


def test_the_table_has_counts_and_the_longest_delay() -> None:
    table = count_table([verdict(message(TRIP), message(TRIP))])

    assert table[1].split() == ["Slack", "2", "1", "1", "1", "0", "0", "2.5"]
