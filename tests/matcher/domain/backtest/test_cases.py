from typing import Any

import pytest

from schemas.rule import RuleTest
from services.matcher.domain.backtest.cases import Case, InvalidCase, build_events, run_case
from services.matcher.domain.backtest.coverage import find_coverage_faults
from tests.matcher.rules import correlating, detecting, pack_of, rulebook

FIRE = detecting("fire", selection={"words|phrase": "fire"})
BOOK = rulebook(FIRE)


def written(expect: Any, *events: dict[str, Any]) -> RuleTest:
    return RuleTest.model_validate({"name": "case", "events": list(events), "expect": expect})


def differences_of(expect: Any, *events: dict[str, Any]) -> tuple[str, ...]:
    return run_case(BOOK, Case("pack", ("fire",), written(expect, *events))).differences


FIRE_AT_TWO = {"at": "2h", "text": "fire"}
QUIET = {"at": "1h", "text": "nothing"}


@pytest.mark.parametrize(
    "expected",
    [
        {},
        {"at": "2h"},
        {"level": "medium"},
        {"value": 1, "evidence": 1},
        {"group": {"story": "test 2"}},
        {"count": 1},
        {"status": "firing"},
        {"late": False, "uncorroborated": False},
    ],
    ids=str,
)
def test_a_case_that_holds_has_no_difference(expected: dict[str, Any]) -> None:
    assert differences_of([{"fires": "fire", **expected}], QUIET, FIRE_AT_TWO) == ()


@pytest.mark.parametrize(
    ("expected", "message"),
    [
        ({"at": "1h"}, "fire is firing from 2h, but expected at 1h, not 2h"),
        ({"level": "high"}, "expected level 'high', not 'medium'"),
        ({"value": 2}, "expected value 2.0, not 1.0"),
        ({"evidence": 2}, "expected evidence 2, not 1"),
        ({"group": {"story": "x"}}, "expected story 'x' in the group, not 'test 2'"),
        ({"count": 2}, "expected 2 alerts of fire, but 1 match"),
        ({"status": "resolved"}, "expected status 'resolved', not 'firing'"),
        ({"summary": "x"}, "expected summary 'x', not "),
    ],
    ids=str,
)
def test_a_case_that_fails_says_what_differs(expected: dict[str, Any], message: str) -> None:
    (difference,) = differences_of([{"fires": "fire", **expected}], QUIET, FIRE_AT_TWO)

    assert message in difference


def test_a_rule_that_should_have_fired_is_told() -> None:
    assert differences_of([{"fires": "fire"}], QUIET) == (
        "expected fire to fire, but it is silent",
    )


def test_a_rule_that_should_have_been_silent_is_told() -> None:
    assert differences_of("silent", FIRE_AT_TWO) == (
        "expected silence, but fire is firing from 2h",
    )
    assert differences_of("silent", QUIET) == ()


def test_a_withdrawn_alert_is_not_as_expected() -> None:
    withdrawal = {"at": "3h", "retracts": "1", "text": "No fire."}

    assert differences_of([{"fires": "fire", "status": "withdrawn"}], FIRE_AT_TWO, withdrawal) == ()
    assert (
        "expected it not to be withdrawn"
        in differences_of([{"fires": "fire"}], FIRE_AT_TWO, withdrawal)[0]
    )


def test_times_of_a_case_count_from_its_start() -> None:
    (event,) = build_events(
        written("silent", {"at": "1d", "text": "x", "recorded_at": "3d", "published_at": "2d"})
    )

    assert [event.occurred_at.day, (event.published_at or event.occurred_at).day] == [2, 3]
    assert event.learned_at.day == 4
    assert (event.id, event.source) == ("1", "test")


def test_an_event_of_a_case_that_is_none_is_told_with_its_field() -> None:
    with pytest.raises(InvalidCase, match=r"^lat: ") as refused:
        build_events(written("silent", QUIET, {"at": "1h", "text": "x", "lat": 100}))

    assert refused.value.index == 1


def test_a_text_that_ends_at_a_comma_is_told_to_be_quoted() -> None:
    test = written("silent", {"at": "1h", "text": "They went on strike", "say police.": None})

    with pytest.raises(InvalidCase, match=r"'say police\.' stands behind a comma: put a text"):
        build_events(test)


def with_tests(rule: Any, *tests: RuleTest) -> Any:
    return rule.model_copy(update={"tests": tests})


FIRES = written([{"fires": "fire"}], FIRE_AT_TWO)
SILENT = written("silent", QUIET)


@pytest.mark.parametrize(
    ("tests", "messages"),
    [
        ((FIRES, SILENT), []),
        ((FIRES,), ["no case in which fire stays silent"]),
        ((SILENT,), ["no case in which fire fires"]),
        ((), ["no case in which fire fires", "no case in which fire stays silent"]),
        (
            (FIRES, SILENT, written([{"fires": "fyre"}], QUIET)),
            ["no rule of this pack alerts as 'fyre'"],
        ),
        (
            (FIRES, SILENT, written("silent", {"at": "1h", "text": "x", "lat": 100})),
            ["lat: must be at most 90"],
        ),
    ],
    ids=["both", "no silent", "no firing", "none", "unknown name", "no event"],
)
def test_a_rule_needs_a_firing_and_a_silent_case(
    tests: tuple[RuleTest, ...], messages: list[str]
) -> None:
    pack = pack_of(with_tests(FIRE, *tests))

    assert [fault.message for fault in find_coverage_faults(pack)] == messages


def test_a_base_rule_needs_no_cases_of_its_own() -> None:
    pack = pack_of(FIRE, correlating("many", ["fire"]))

    messages = [fault.message for fault in find_coverage_faults(pack)]

    assert messages == ["no case in which many fires", "no case in which many stays silent"]


def test_a_correlation_that_others_count_and_that_is_silent_needs_no_cases() -> None:
    many, more = correlating("many", ["fire"]), correlating("more", ["many"])

    messages = [fault.message for fault in find_coverage_faults(pack_of(FIRE, many, more))]

    assert messages == ["no case in which more fires", "no case in which more stays silent"]


def test_a_case_that_expects_a_counted_rule_is_told_which_rule_alerts_instead() -> None:
    expects_base = with_tests(correlating("many", ["fire"]), written([{"fires": "fire"}], QUIET))

    faults = list(find_coverage_faults(pack_of(FIRE, expects_base)))

    assert faults[0].text == (
        "tests.0.expect.0.fires: no rule of this pack alerts as 'fire'"
        " (many counts it and alerts instead, unless it says generate: true)"
    )
