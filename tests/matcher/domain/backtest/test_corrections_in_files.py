"""Corrections in a file: by the code that handles them live."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from schemas.alert import Alert, Status
from schemas.event import Event
from services.matcher.domain.backtest.replay import replay
from tests.matcher.rules import FRIDAY_NOON, correlating, detecting, report, rulebook

ATTACK = detecting("attack", selection={"words|phrase": "tanker"})
ATTACKS = correlating("attacks", ["attack"], condition={"gte": 2})
ALONE, BOTH = rulebook(ATTACK), rulebook(ATTACK, ATTACKS)
TEXT = "A tanker was struck by a missile in the Gulf of Aden."


def after(minutes: int, id_: str, text: str | None = TEXT, **fields: Any) -> Event:
    at = FRIDAY_NOON + timedelta(minutes=minutes)
    return report(text, id=id_, source="z", occurred_at=at, recorded_at=at, **fields)


def statuses(alerts: Sequence[Alert]) -> list[tuple[str, Status]]:
    return [(alert.rule.name, alert.status) for alert in alerts]


def test_a_retraction_withdraws_the_alert_of_what_it_retracts() -> None:
    (alert,) = replay(ALONE, [after(0, "c1"), after(1, "c2", None, retracts="c1")]).final

    assert alert.status is Status.WITHDRAWN


@pytest.mark.parametrize("again", [[], [after(2, "c1")]], ids=["once", "and the first again"])
def test_a_new_version_is_no_second_report(again: list[Event]) -> None:
    events = [after(0, "c1"), after(1, "c2", supersedes="c1"), *again]

    assert replay(BOTH, events).final == ()


def test_of_several_versions_the_last_recorded_counts() -> None:
    versions = [after(number, f"c{number}", supersedes="c0") for number in (1, 2, 3)]

    (alert,) = replay(
        rulebook(ATTACK, correlating("one", ["attack"], condition={"gte": 1})),
        [after(0, "c0"), *versions],
    ).alerts[-1:]

    assert [piece.event_id for piece in alert.evidence] == ["c3"]


def test_another_source_takes_nothing_back() -> None:
    stranger = after(1, "c2", None, retracts="c1").model_copy(update={"source": "y"})

    (alert,) = replay(ALONE, [after(0, "c1"), stranger]).final

    assert alert.status is Status.FIRING
