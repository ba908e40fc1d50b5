from dataclasses import replace
from datetime import timedelta

from services.matcher.domain.rules.look_back import describe_short_retention
from tests.matcher.builders import RULE

DAY = timedelta(days=1)
LONG = replace(RULE, name="long", history=90 * DAY)


def test_a_rule_that_looks_back_further_than_events_are_kept_is_named() -> None:
    (line,) = describe_short_retention([RULE, LONG], 30 * DAY)

    assert "iraq/long" in line
    assert f"{LONG.retention.days} days" in line
    assert " 30" in line


def test_nothing_is_said_where_events_are_kept_for_long_enough_or_for_ever() -> None:
    assert describe_short_retention([RULE, LONG], LONG.retention) == ()
    assert describe_short_retention([LONG], None) == ()
