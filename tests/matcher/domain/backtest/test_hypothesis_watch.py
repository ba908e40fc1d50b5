"""Hypotheses over a file of events: what they hear of the windows of their indicators."""

from datetime import timedelta
from typing import Any

import pytest

from schemas.alert import Alert, Level, Status
from schemas.event import Event
from schemas.hypothesis import Hypothesis
from schemas.rule import RuleDocument
from services.document_faults import DocumentFault, DocumentLocation
from services.matcher.domain.backtest.replay import Replay, replay
from services.matcher.domain.packs.documents import LocatedDocument, PackDocuments
from services.matcher.domain.rules.compile_pack import compile_packs
from services.matcher.domain.rules.rulebook import Rulebook
from tests.matcher.rules import FRIDAY_NOON, correlating, detecting, pack_of, report

FIRE = detecting("fire", selection={"words|phrase": "fire"})
FIRES = correlating("fires", ["fire"], condition={"gte": 3})
GIVEN: dict[str, Any] = {
    "name": "mlcoa",
    "title": "MLCOA",
    "indicators": [{"rule": "fires", "weight": 2, "half_life": "7d"}],
    "levels": {"watch": 2, "elevated": 3, "high": 4},
}


def hypothetical(*rules: RuleDocument, **fields: Any) -> tuple[Rulebook, tuple[DocumentFault, ...]]:
    document = LocatedDocument(
        Hypothesis.model_validate(GIVEN | fields), DocumentLocation("hypotheses.yaml")
    )
    plain = pack_of(*rules)
    return compile_packs(
        [PackDocuments("pack", plain.pack, rules=plain.rules, hypotheses=(document,))]
    )


def fires(*days: float, **fields: Any) -> list[Event]:
    return [
        report("A fire.", id=f"f{day}", occurred_at=FRIDAY_NOON + timedelta(days=day), **fields)
        for day in days
    ]


def levels(result: Replay) -> list[Alert]:
    return [alert for alert in result.final if alert.rule.name == "mlcoa"]


def test_an_alert_of_an_indicator_moves_its_hypothesis() -> None:
    book, faults = hypothetical(FIRE, FIRES)

    result = replay(book, fires(0, 1, 2))

    assert faults == ()
    (level,) = levels(result)
    assert (level.level, level.status) == (Level.LOW, Status.FIRING)
    assert level.starts_at == FRIDAY_NOON + timedelta(days=2)
    assert [report.event_id for report in level.evidence] == ["f2", "f1", "f0"]


def test_an_alert_names_the_hypotheses_that_list_its_rule() -> None:
    book, _ = hypothetical(FIRE, FIRES)

    result = replay(book, fires(0, 1, 2))

    assert [alert.hypotheses for alert in result.final] == [("mlcoa",), ("mlcoa",)]


def test_a_level_is_left_at_its_time_though_the_next_event_comes_long_after() -> None:
    book, _ = hypothetical(FIRE, FIRES)

    result = replay(
        book, [*fires(0, 1, 2), report(id="x", occurred_at=FRIDAY_NOON.replace(year=2021))]
    )

    (level,) = levels(result)
    assert level.status is Status.RESOLVED
    assert level.resolved_at is not None
    assert timedelta(days=3) < level.resolved_at - FRIDAY_NOON < timedelta(days=4)


def test_a_correction_that_takes_an_alert_back_takes_the_level_back() -> None:
    book, _ = hypothetical(FIRE, FIRES)
    denial = report("No fire.", id="d", occurred_at=FRIDAY_NOON + timedelta(days=3), retracts="f1")

    result = replay(book, [*fires(0, 1, 2), denial])

    assert [level.status for level in levels(result)] == [Status.WITHDRAWN]


def test_what_is_still_watched_stands_in_the_words_of_a_level() -> None:
    smoke = detecting("smoke", selection={"words|phrase": "smoke"})
    indicators = [{"rule": "fires", "weight": 2}, {"rule": "smoke", "weight": 2}]
    book, _ = hypothetical(FIRE, FIRES, smoke, indicators=indicators)

    result = replay(book, [*fires(0, 1), report("Smoke.", id="s", occurred_at=_day(2))])

    assert levels(result)[0].explain.endswith("watching: fires (2 of 3, 5 days left)")


def _day(number: int) -> Any:
    return FRIDAY_NOON + timedelta(days=number)


def test_an_indicator_that_only_feeds_others_is_heard_and_tells_nobody() -> None:
    book, faults = hypothetical(FIRE, FIRES, indicators=[{"rule": "fire", "weight": 2}])

    result = replay(book, fires(0))

    assert faults == ()
    assert [alert.rule.name for alert in result.final] == ["mlcoa"]


def test_drills_move_hypotheses_of_their_own() -> None:
    book, _ = hypothetical(FIRE, FIRES)

    result = replay(book, [*fires(0, 1), *fires(2, exercise=True)])
    drill = replay(book, fires(0, 1, 2, exercise=True))

    assert levels(result) == []
    assert [level.exercise for level in levels(drill)] == [True]


def test_evidence_already_observed_enters_when_the_file_reaches_it() -> None:
    observed = [{"rule": "fires", "at": "2020-01-25", "note": "A poster."}]
    book, _ = hypothetical(FIRE, FIRES, observed=observed)

    before = replay(book, [report()])
    after = replay(book, [report(), report(id="2", occurred_at=_day(1))])

    assert levels(before) == []
    assert [level.starts_at.isoformat() for level in levels(after)] == ["2020-01-25T00:00:00+00:00"]


def test_a_hypothesis_has_the_name_of_no_rule() -> None:
    book, faults = hypothetical(FIRE, FIRES, name="fires")

    assert [fault.message for fault in faults] == ["a rule of this pack has the name 'fires'"]
    assert book.hypotheses == ()


def test_a_scheduled_event_moves_a_level_in_a_file_though_no_report_comes_then() -> None:
    march = {"title": "The march", "when": "2020-01-29", "weights": {"fires": 1.5}}
    indicators = [{"rule": "fires", "weight": 2}]
    book, _ = hypothetical(FIRE, FIRES, indicators=indicators, scheduled=[march])

    result = replay(book, [*fires(0, 1, 2), report(id="x", occurred_at=_day(60))])

    [alert] = levels(result)
    moves = [each.move for each in result.alerts if each.id == alert.id and each.move]
    assert alert.starts_at.date().isoformat() == "2020-01-26"
    assert [(move.before, move.after, move.because) for move in moves] == [
        ("", "watch", "fires was observed"),
        ("watch", "elevated", "The march is near"),
        ("elevated", "watch", "The march is past"),
    ]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("mdcoa", "this pack has no hypothesis 'mdcoa'"),
        ("mlcoa", "it is no alternative of itself"),
    ],
)
def test_an_alternative_is_one_of_another_hypothesis_of_the_pack(name: str, message: str) -> None:
    _, faults = hypothetical(FIRE, FIRES, alternative_of=name)

    assert [(fault.field, fault.message) for fault in faults] == [("alternative_of", message)]
