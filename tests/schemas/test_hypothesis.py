from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from schemas.hypothesis import Hypothesis, parse_observed_at

GIVEN: dict[str, Any] = {
    "name": "mlcoa",
    "title": "MLCOA",
    "indicators": [{"rule": "fire", "weight": 1}, {"rule": "calm", "weight": -1}],
    "levels": {"watch": 1, "elevated": 2, "high": 3},
}


def march(**fields: Any) -> dict[str, Any]:
    """A hypothesis with one scheduled event."""
    event = {"title": "The march", "when": "2020-01-24", "before": "3d", "weights": {"fire": 2}}
    return {"scheduled": [event | fields]}


def test_evidence_may_be_dated_to_a_day_or_to_a_moment() -> None:
    day = parse_observed_at("2020-01-04")
    moment = parse_observed_at("2020-01-04T11:00:00+03:00")

    assert day == (datetime(2020, 1, 4, tzinfo=UTC), datetime(2020, 1, 5, tzinfo=UTC))
    assert moment == (datetime(2020, 1, 4, 8, tzinfo=UTC),) * 2


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"observed": [{"rule": "fire", "at": "4 January"}]}, "is not a day"),
        ({"observed": [{"rule": "fire", "at": "2020-01-04T11:00:00"}]}, "is not a day"),
        ({"observed": [{"rule": "flood", "at": "2020-01-04"}]}, "is no indicator"),
        ({"indicators": [{"rule": "fire", "weight": 1}] * 2}, "as an indicator twice"),
        ({"levels": {"watch": 2, "elevated": 2, "high": 3}}, "levels must rise"),
        ({"levels": {"watch": 0, "elevated": 2, "high": 3}}, "greater than 0"),
        ({"hysteresis": 1.5}, "less than or equal to 1"),
        ({"indicators": [{"rule": "fire", "weight": 1, "half_life": "0d"}]}, "no time at all"),
        ({"phases": [{"title": "a", "indicators": ["flood"]}]}, "phases: 'flood' is no indicator"),
        ({"phases": [{"title": "a", "indicators": ["fire"]}] * 2}, "phases: fire is in several"),
        ({"phases": [{"title": "a", "indicators": ["calm"]}]}, "calm counts against mlcoa"),
        ({"phases": [{"title": "a", "indicators": []}]}, "at least 1 item"),
        (march(weights={"flood": 2}), "scheduled: The march: 'flood' is no indicator of mlcoa"),
        (march(weights={}), "at least 1 item"),
        (march(weights={"fire": 0}), "greater than 0"),
        (march(weights={"fire": -1}), "greater than 0"),
        (march(weights={"fire": 101}), "less than or equal to 100"),
        (march(when="2020-01-24T10:00:00"), "is not a day"),
        (march(when="tomorrow"), "is not a day"),
        (march(until="2020-01-23"), "until 2020-01-23 is before when 2020-01-24"),
        (march(before="-3d"), "is no time span"),
        (march(when="2020-01-24T10:00:00Z", before="0d"), "takes no time"),
        (march(when="0001-01-01", before="1d"), "outside the years"),
        (march(when="9999-12-30", after="2d"), "outside the years"),
        (march(ends="2020-01-25"), "Extra inputs"),
    ],
    ids=str,
)
def test_what_a_hypothesis_cannot_mean_is_refused(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Hypothesis.model_validate(GIVEN | wrong)
