"""Alerts measured by what happened: who was warned, how long before, and how many were right."""

from datetime import UTC, datetime, timedelta

import pytest

from schemas.alert import Alert, Level, RuleRef, Status
from schemas.outcome import Outcome
from services.matcher.domain.review.outcomes import list_known, measure_outcomes, measure_rules

STRIKE = datetime(2020, 1, 20, tzinfo=UTC)
DAY, MOMENT = timedelta(days=1), timedelta(microseconds=1)


def alert(identity: str, known: datetime, *, rule: str = "march", **changes: object) -> Alert:
    """An alert of the year 2019 that people had at `known`."""
    began = datetime(2019, 1, 1, tzinfo=UTC)
    values = {
        "id": identity,
        "fingerprint": identity,
        "revision": 1,
        "status": Status.FIRING,
        "rule": RuleRef(name=rule, title=rule, level=Level.HIGH),
        "pack": "p",
        "level": Level.HIGH,
        "summary": rule,
        "starts_at": began,
        "updated_at": known,
        "detected_at": known,
        "explain": "because",
    }
    return Alert.model_validate(values | changes)


def strike(*rules: str, at: datetime = STRIKE) -> Outcome:
    return Outcome(name="a strike", at=at, rules=rules or ("march",), within=10 * DAY)


def test_the_first_alert_that_people_had_before_it_gives_the_lead() -> None:
    known = list_known([alert("b", STRIKE - DAY), alert("a", STRIKE - 3 * DAY)])

    (warned,) = measure_outcomes(known, [strike()])

    assert warned.first is not None
    assert warned.first.alert.id == "a"
    assert warned.lead == 3 * DAY


@pytest.mark.parametrize(
    ("known", "warns"),
    [
        (STRIKE - 10 * DAY, True),
        (STRIKE - 10 * DAY - MOMENT, False),
        (STRIKE - MOMENT, True),
        (STRIKE, False),
    ],
    ids=["first moment", "too early", "last moment", "as it happened"],
)
def test_an_alert_warns_from_within_until_just_before(known: datetime, *, warns: bool) -> None:
    (warned,) = measure_outcomes(list_known([alert("a", known)]), [strike()])

    assert (warned.first is not None) is warns


def test_an_alert_counts_from_its_first_revision() -> None:
    early, late = STRIKE - 5 * DAY, STRIKE + DAY

    known = list_known([alert("a", early), alert("a", late, revision=2)])

    assert [each.known_at for each in known] == [early]


def test_an_alert_that_was_withdrawn_warned_of_nothing() -> None:
    revisions = [
        alert("a", STRIKE - DAY),
        alert("a", STRIKE - DAY, revision=2, status=Status.WITHDRAWN),
    ]

    assert list_known(revisions) == ()


def test_a_rule_is_measured_by_the_outcomes_that_name_it() -> None:
    known = list_known(
        [
            alert("right", STRIKE - 4 * DAY),
            alert("right too", STRIKE - 2 * DAY),
            alert("wrong", STRIKE - 40 * DAY),
            alert("of another", STRIKE - DAY, rule="rockets"),
        ]
    )
    outcomes = [strike("march"), strike("march", at=STRIKE + 90 * DAY), strike("rockets", "quiet")]

    march, quiet, rockets = measure_rules(known, outcomes)

    assert (march.rule, march.alerts, march.right) == ("march", 3, 2)
    assert (march.precision, march.recall, march.median_lead) == (2 / 3, 1 / 2, 4 * DAY)
    assert (quiet.precision, quiet.recall, quiet.median_lead) == (None, 0.0, None)
    assert (rockets.precision, rockets.recall) == (1.0, 1.0)
