"""What a rule file may contain, and the errors of what it may not."""

from datetime import timedelta
from typing import Any

import pytest

from schemas.rule import CorrelationRule, DetectionRule, NamedList
from schemas.time_span import parse_time_span
from tests.schemas.builders import correlation_rule, detection_rule, faults


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("15s", timedelta(seconds=15)),
        ("30m", timedelta(minutes=30)),
        ("12h", timedelta(hours=12)),
        ("7d", timedelta(days=7)),
        ("2w", timedelta(weeks=2)),
        ("1M", timedelta(days=30)),
        ("1y", timedelta(days=365)),
        ("0d", timedelta(0)),
    ],
)
def test_a_time_span_is_a_number_and_a_unit(text: str, span: timedelta) -> None:
    assert parse_time_span(text) == span


@pytest.mark.parametrize(
    "text", ["7", "d", "7 d", "-1d", "1.5h", "P7D", "7d ", "", "٧d", 7, None, True]
)
def test_anything_else_is_no_time_span(text: Any) -> None:
    with pytest.raises(ValueError, match="is no time span"):
        parse_time_span(text)


@pytest.mark.parametrize("text", ["101y", "36501d", "999999999999d", "999999999999s"])
def test_a_time_span_longer_than_a_century_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is longer than 100 years"):
        parse_time_span(text)


def test_both_kinds_of_rule_are_accepted() -> None:
    assert faults(DetectionRule, detection_rule()) == {}
    assert faults(CorrelationRule, correlation_rule()) == {}


@pytest.mark.parametrize(
    ("document", "path"),
    [
        (detection_rule(severity="high"), "severity"),
        (detection_rule(logsource={"category": "report", "team": "x"}), "logsource.team"),
        (detection_rule(alert={"headline": "x"}), "alert.headline"),
        (detection_rule(tests=[{"name": "n", "expect": "silent", "skip": True}]), "tests.0.skip"),
        (detection_rule(corroboration={"sources": 2, "in": "1d"}), "corroboration.in"),
    ],
    ids=lambda value: value if isinstance(value, str) else "rule",
)
def test_an_unknown_key_is_named_with_its_path(document: dict[str, Any], path: str) -> None:
    assert set(faults(DetectionRule, document)) == {path}


@pytest.mark.parametrize("key", ["timeframe", "group_by", "window"])
def test_an_unknown_key_of_a_correlation_is_named(key: str) -> None:
    assert set(faults(CorrelationRule, correlation_rule(**{key: "7d"}))) == {f"correlation.{key}"}


@pytest.mark.parametrize("key", ["gte", "ratio", "floor"])
def test_true_is_no_number(key: str) -> None:
    document = correlation_rule(condition={key: True})

    assert "Value error, must not be true or false" in faults(CorrelationRule, document).values()


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"name": "Leader Appointed"}, "name"),
        ({"title": ""}, "title"),
        ({"level": "severe"}, "level"),
        ({"corroboration": {"sources": 1}}, "corroboration.sources"),
        ({"cooldown": "soon"}, "cooldown"),
        ({"detection": ["a"]}, "detection"),
    ],
    ids=str,
)
def test_a_malformed_value_is_named(changes: dict[str, Any], path: str) -> None:
    assert set(faults(DetectionRule, detection_rule(**changes))) == {path}


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"type": "event_sum"}, "correlation.type"),
        ({"rules": []}, "correlation.rules"),
        ({"timespan": "a week"}, "correlation.timespan"),
        ({"similarity": 101}, "correlation.similarity"),
        ({"between": ["one"]}, "correlation.between"),
        ({"count_by": "outlet"}, "correlation.count_by"),
    ],
    ids=str,
)
def test_a_malformed_value_of_a_correlation_is_named(changes: dict[str, Any], path: str) -> None:
    assert set(faults(CorrelationRule, correlation_rule(**changes))) == {path}


def test_a_condition_that_bounds_nothing_is_refused() -> None:
    refused = faults(CorrelationRule, correlation_rule(condition={"field": "actor_ids"}))

    assert any("at least one of" in message for message in refused.values())


def test_what_a_correlation_leaves_out_has_the_defaults_of_the_design() -> None:
    section = CorrelationRule.model_validate(correlation_rule()).correlation

    assert section.count_by == "story"
    assert section.max_lateness == timedelta(hours=72)
    assert section.similarity == 85


def test_a_case_may_expect_silence_or_alerts() -> None:
    cases = [
        {"name": "quiet", "expect": "silent"},
        {"name": "loud", "events": [{"at": "1d", "text": "x"}], "expect": [{"fires": "a"}]},
    ]

    rule = DetectionRule.model_validate(detection_rule(tests=cases))

    assert [case.silent for case in rule.tests] == [True, False]


def test_an_alias_is_a_word_or_says_when_not() -> None:
    member = {"id": "badr", "name": "Badr", "aliases": ["بدر", {"alias": "BO", "unless": ["bo x"]}]}

    assert faults(NamedList, {"name": "groups", "members": [member]}) == {}
    assert faults(NamedList, {"name": "groups", "members": []}) != {}
