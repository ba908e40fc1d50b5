"""Levels, keys and grades of alerts."""

import pytest

from schemas.alert import Evidence, Level, alert_id, fingerprint, window_key
from tests.schemas.builders import NOON


def test_levels_are_ordered_from_informational_to_critical() -> None:
    assert [level.rank for level in Level] == [0, 1, 2, 3, 4]
    assert max(Level, key=lambda level: level.rank) is Level.CRITICAL


@pytest.mark.parametrize(
    ("level", "lower"),
    [(Level.CRITICAL, Level.HIGH), (Level.LOW, Level.INFORMATIONAL)],
)
def test_a_level_is_lowered_by_one(level: Level, lower: Level) -> None:
    assert level.lowered is lower


def test_the_least_level_stays() -> None:
    assert Level.INFORMATIONAL.lowered is Level.INFORMATIONAL


def test_a_window_key_is_readable_json_in_the_order_of_the_fields() -> None:
    key = window_key("iraq", "march", {"b": "2", "a": "بدر"}, exercise=False)

    assert key.decode() == '["iraq","march",["a","بدر"],["b","2"]]'


def test_the_order_of_a_group_changes_no_key() -> None:
    first = window_key("p", "r", {"a": "1", "b": "2"}, exercise=False)
    other = window_key("p", "r", {"b": "2", "a": "1"}, exercise=False)

    assert first == other


def test_a_drill_never_shares_a_window_or_a_fingerprint_with_a_real_hit() -> None:
    real = window_key("p", "r", {"a": "1"}, exercise=False)
    drill = window_key("p", "r", {"a": "1"}, exercise=True)

    assert real != drill
    assert fingerprint(real) != fingerprint(drill)


def test_groups_that_read_alike_have_keys_of_their_own() -> None:
    first = window_key("p", "r", {"a": '1"],["b","2'}, exercise=False)
    other = window_key("p", "r", {"a": "1", "b": "2"}, exercise=False)

    assert first != other


def test_a_fingerprint_is_sixteen_hex_digits() -> None:
    mark = fingerprint(window_key("p", "r", {}, exercise=False))

    assert len(mark) == 16
    assert int(mark, 16) >= 0


def test_an_alert_id_tells_starts_and_counts_apart() -> None:
    ids = {alert_id("f", 1, 0), alert_id("f", 2, 0), alert_id("f", 1, 1), alert_id("g", 1, 0)}

    assert len(ids) == 4


@pytest.mark.parametrize(
    ("reliability", "credibility", "grade"),
    [("B", 2, "B2"), (None, None, "F6"), ("A", None, "A6"), ("F", 6, "F6")],
)
def test_an_unknown_grade_is_written_as_f_and_6(
    reliability: str | None, credibility: int | None, grade: str
) -> None:
    evidence = Evidence.model_validate(
        {
            "event_id": "wire 1",
            "source": "wire",
            "occurred_at": NOON,
            "reliability": reliability,
            "credibility": credibility,
        }
    )

    assert evidence.grade == grade
