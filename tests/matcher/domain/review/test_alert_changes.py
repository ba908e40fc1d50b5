"""How alerts of two versions of a rule are paired, and what counts as a change."""

from datetime import timedelta
from typing import Any

import pytest

from schemas.alert import Alert, Evidence, Level, Status
from services.matcher.domain.review.alert_changes import AlertDifferenceKind, pair_alerts
from tests.notifier.alerts import NOON, alert

HOUR = timedelta(hours=1)


def alert_of(*events: str, at: int = 0, **fields: Any) -> Alert:
    evidence = tuple(
        Evidence(event_id=each, source="wire", occurred_at=NOON + at * HOUR) for each in events
    )
    values: dict[str, object] = {
        "id": f"{at}-{events}",
        "starts_at": NOON + at * HOUR,
        "last_fired_at": NOON + at * HOUR,
        "evidence": evidence,
        "evidence_count": len(evidence),
        "group": {},
    }
    return alert("a").model_copy(update=values | fields)


def kinds(before: list[Alert], after: list[Alert]) -> list[AlertDifferenceKind | None]:
    return [compared.kind for compared in pair_alerts(before, after)]


def test_other_ids_and_words_are_no_change() -> None:
    assert kinds([alert_of("a", id="1", summary="x")], [alert_of("a", id="2", summary="y")]) == [
        None
    ]


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"level": Level.CRITICAL}, AlertDifferenceKind.LEVEL),
        ({"uncorroborated": True}, AlertDifferenceKind.LEVEL),
        ({"starts_at": NOON - HOUR}, AlertDifferenceKind.MOVED),
        ({"last_fired_at": NOON + HOUR}, AlertDifferenceKind.MOVED),
        ({"evidence_count": 7}, AlertDifferenceKind.COUNT),
        ({"value": 7.0}, AlertDifferenceKind.COUNT),
        ({"level": Level.CRITICAL, "evidence_count": 7}, AlertDifferenceKind.LEVEL),
    ],
)
def test_what_its_reader_would_notice_is_a_change(
    fields: dict[str, Any], kind: AlertDifferenceKind
) -> None:
    assert kinds([alert_of("a")], [alert_of("a", **fields)]) == [kind]


def test_an_alert_of_one_side_alone_is_gained_or_lost() -> None:
    assert kinds([], [alert_of("a")]) == [AlertDifferenceKind.GAINED]
    assert kinds([alert_of("a")], []) == [AlertDifferenceKind.LOST]


def test_what_was_withdrawn_in_the_end_is_no_alert() -> None:
    assert kinds([alert_of("a")], [alert_of("a", status=Status.WITHDRAWN)]) == [
        AlertDifferenceKind.LOST
    ]


def test_groups_and_drills_are_never_paired_with_others() -> None:
    here, there = alert_of("a", group={"place": "Taji"}), alert_of("a", group={"place": "Balad"})
    drill = alert_of("a", exercise=True)

    assert sorted(filter(None, kinds([here], [there]))) == [
        AlertDifferenceKind.GAINED,
        AlertDifferenceKind.LOST,
    ]
    assert sorted(filter(None, kinds([alert_of("a")], [drill]))) == [
        AlertDifferenceKind.GAINED,
        AlertDifferenceKind.LOST,
    ]


def test_of_several_the_one_that_shares_most_evidence_is_the_same() -> None:
    before = [alert_of("a", "b", at=0), alert_of("c", at=30)]
    after = [alert_of("b", "c", "d", at=1), alert_of("a", at=0)]

    pairs = {
        pair.after.starts_at: pair.before and pair.before.starts_at
        for pair in pair_alerts(before, after)
        if pair.after is not None
    }

    assert pairs == {NOON: NOON, NOON + HOUR: NOON + 30 * HOUR}


def test_alerts_that_share_nothing_are_two_situations() -> None:
    assert sorted(filter(None, kinds([alert_of("a", at=0)], [alert_of("z", at=9)]))) == [
        AlertDifferenceKind.GAINED,
        AlertDifferenceKind.LOST,
    ]


def test_where_the_newest_evidence_differs_time_tells_that_it_is_the_same() -> None:
    long = alert_of("z", at=0, last_fired_at=NOON + 9 * HOUR)

    assert kinds([alert_of("a", at=5)], [long]) == [AlertDifferenceKind.MOVED]
