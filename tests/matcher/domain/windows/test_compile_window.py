"""Compiling windows: what a rule says, what its pack says, and what each type adds."""

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from schemas.alert import Level
from schemas.pack import PackDefaults
from schemas.rule import Condition
from services.matcher.domain.windows.compile_window import (
    compile_correlation_window,
    compile_detection_window,
)
from services.matcher.domain.windows.section_faults import NotSupported
from services.matcher.domain.windows.window_rule import WindowRule
from tests.matcher.builders import HOUR
from tests.matcher.rules import correlating, detecting

CRITICAL = PackDefaults(level=Level.CRITICAL)


def compiled(*bases: str, **section: Any) -> WindowRule:
    document = correlating("rule", list(bases) or ["fire"], **section)
    return compile_correlation_window(document, "pack", defaults=PackDefaults())


def test_a_rule_without_a_level_has_that_of_its_pack() -> None:
    silent = detecting(selection={"id": "1"})
    outspoken = silent.model_validate(silent.model_dump(by_alias=True) | {"level": "low"})

    assert compile_detection_window(silent, "pack", defaults=CRITICAL).level is Level.CRITICAL
    assert compile_detection_window(outspoken, "pack", defaults=CRITICAL).level is Level.LOW
    assert compile_detection_window(silent, "pack", defaults=PackDefaults()).level is silent.level


def test_a_rule_keeps_its_cooldown() -> None:
    document = detecting(selection={"id": "1"}).model_copy(update={"cooldown": HOUR})

    assert compile_detection_window(document, "pack", defaults=PackDefaults()).cooldown == HOUR


def test_a_temporal_rule_asks_for_all_of_its_rules_unless_it_says_otherwise() -> None:
    implied = compiled("fire", "threat", type="temporal", condition=None)
    stated = compiled("fire", "threat", type="temporal", condition={"gte": 1})

    assert implied.condition == Condition(gte=2)
    assert stated.condition == Condition(gte=1)


@pytest.mark.parametrize(
    "section",
    [{"type": "new_value", "field": "names", "history": "30d"}, {"type": "absence"}],
    ids=["new_value", "absence"],
)
def test_a_rule_that_counts_nothing_needs_no_condition(section: dict[str, Any]) -> None:
    assert compiled(condition=None, **section).condition == Condition(gte=0)


def test_absence_takes_one_rule_or_two_and_counting_any_number() -> None:
    three = ("fire", "threat", "denial")

    assert compiled(*three[:2], type="absence", condition=None).bases == three[:2]
    assert compiled(*three).bases == three
    with pytest.raises(NotSupported, match="one rule, or two"):
        compiled(*three, type="absence", condition=None)


def test_a_baseline_asks_for_two_timespans_unless_it_says_otherwise() -> None:
    section = {"type": "rate_change", "condition": {"ratio": 3}, "baseline": "60d"}

    assert compiled(**section).min_baseline == timedelta(days=14)
    assert compiled(**section, min_baseline="1d").min_baseline == timedelta(days=1)


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ({"condition": {"gte": 5, "lt": 3}}, "no value of event_count is at least 5 and fewer"),
        ({"condition": {"gt": 3, "lt": 4}}, "more than 3 and fewer than 4"),
        ({"condition": {"eq": 3, "neq": 3}}, "exactly 3 and other than 3"),
        ({"condition": {"eq": 2.5}}, "no value of event_count is exactly 2.5"),
        ({"condition": {"lt": 1}}, "no value of event_count is fewer than 1"),
        ({"condition": {"gte": 20}, "max_hits": 10}, "no value of event_count is at least 20"),
        ({"type": "temporal", "condition": {"gte": 3}}, "no value of temporal is at least 3"),
        (
            {"type": "value_sum", "condition": {"field": "lat", "gte": 3, "lt": 3}},
            "no value of value_sum",
        ),
        (
            {"type": "rate_change", "condition": {"ratio": 2}, "baseline": "13d"},
            "baseline: it is never the 14 days",
        ),
    ],
    ids=str,
)
def test_what_nothing_can_meet_is_refused(section: dict[str, Any], message: str) -> None:
    with pytest.raises(NotSupported, match=message) as refused:
        compiled("fire", "threat", timespan="7d", **section)

    assert refused.value.hint


def test_what_something_can_meet_is_taken() -> None:
    sums = {"type": "value_sum", "condition": {"field": "lat", "gt": 3, "lt": 4}}
    averages = {"type": "value_avg", "condition": {"field": "lat", "gte": 3, "lte": 3}}

    assert compiled("fire", **sums).condition.gt == 3
    assert compiled("fire", **averages).condition.lte == 3
    assert compiled("fire", condition={"gt": 2.5, "lt": 3.5}).condition.gt == 2.5
    assert compiled("fire", "threat", type="temporal", condition={"lte": 1}).condition.lte == 1


BOUNDS = {"neq": 1, "gte": 1, "lte": 2}
NUMBERS = BOUNDS | {"field": "lat"}
COMPARED = {"baseline": "60d", "min_baseline": "30d", "count_by": "source"}
NOVEL = {"field": "names", "history": "30d", "warmup": "14d"}
SECTIONS: dict[str, dict[str, Any]] = {
    "event_count": {"count_by": "source", "condition": BOUNDS},
    "value_count": {"condition": NUMBERS},
    "value_sum": {"count_by": "source", "condition": NUMBERS},
    "value_avg": {"count_by": "source", "condition": NUMBERS},
    "value_percentile": {"count_by": "source", "condition": NUMBERS | {"percentile": 70}},
    "temporal": {"condition": BOUNDS},
    "temporal_ordered": {"condition": BOUNDS},
    "rate_change": COMPARED | {"condition": {"ratio": 3, "floor": 2, "significance": 0.05}},
    "new_value": NOVEL,
    "reversal": NOVEL,
    "shared_term": {"field": "names", "by": "source", "similarity": 70, "condition": BOUNDS},
    "absence": {},
    "divergence": {
        "field": "type",
        "value": "threaten",
        "between": ["here", "there"],
        "condition": {"by": 0.5, "floor": 2},
        **COMPARED,
    },
}
"""All keys that each type reads, of those that not all read."""
ANY_KEY = {key: value for section in SECTIONS.values() for key, value in section.items()}
ANY_BOUND = {
    key: value
    for section in SECTIONS.values()
    for key, value in section.get("condition", {}).items()
} | {"eq": 2, "gt": 1, "lt": 3}


@pytest.mark.parametrize("kind", SECTIONS)
def test_a_type_takes_every_key_that_it_reads(kind: str) -> None:
    window = compiled("fire", "threat", type=kind, timespan="7d", **SECTIONS[kind])

    assert window.type == kind


@pytest.mark.parametrize("kind", SECTIONS)
def test_a_type_refuses_each_key_that_it_does_not_read(kind: str) -> None:
    section = SECTIONS[kind]
    for key in ANY_KEY.keys() - section.keys():
        with pytest.raises(NotSupported, match="does not read it") as refused:
            compiled("fire", "threat", timespan="7d", type=kind, **section, **{key: ANY_KEY[key]})

        assert refused.value.field == f"correlation.{key}"
        readers = {other for other, given in SECTIONS.items() if key in given}
        assert refused.value.hint == f"leave it out; it is for {', '.join(sorted(readers))}"


@pytest.mark.parametrize("kind", [kind for kind in SECTIONS if "condition" in SECTIONS[kind]])
def test_a_type_refuses_each_bound_that_it_does_not_read(kind: str) -> None:
    section, bounds = SECTIONS[kind], SECTIONS[kind]["condition"]
    bounds_too = {"eq", "gt", "lt"} if "gte" in bounds else set()
    for key in ANY_BOUND.keys() - bounds.keys() - bounds_too:
        changed = section | {"condition": bounds | {key: ANY_BOUND[key]}}
        with pytest.raises(NotSupported, match="does not read it") as refused:
            compiled("fire", "threat", timespan="7d", type=kind, **changed)

        assert refused.value.field == f"correlation.condition.{key}"


@pytest.mark.parametrize("key", ["timespan", "baseline", "min_baseline", "history", "max_lateness"])
def test_a_window_of_no_time_is_refused(key: str) -> None:
    with pytest.raises(ValidationError, match="no time at all: write one such as 1h"):
        compiled("fire", **{key: "0s"})
