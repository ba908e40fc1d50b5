from dataclasses import replace
from datetime import timedelta

from services.matcher.domain.rules.look_back import out_of_reach
from tests.matcher.builders import RULE

DAY = timedelta(days=1)
LONG = replace(RULE, name="long", history=90 * DAY)


def test_a_rule_that_looks_back_further_than_events_are_kept_is_named() -> None:
    (line,) = out_of_reach([RULE, LONG], 30 * DAY)

    assert "iraq/long" in line
    assert f"{LONG.retention.days} days" in line
    assert " 30" in line


def test_nothing_is_said_where_events_are_kept_for_long_enough_or_for_ever() -> None:
    assert out_of_reach([RULE, LONG], LONG.retention) == ()
    assert out_of_reach([LONG], None) == ()
