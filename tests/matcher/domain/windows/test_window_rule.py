"""WindowRule: how long a rule looks back, and how long its hits are kept."""

from dataclasses import replace

from tests.matcher.builders import ALONE, FASTER, HOUR, NEW, RULE


def test_a_rule_looks_back_over_its_window_with_baseline_or_over_its_history() -> None:
    assert RULE.look_back == 4 * HOUR
    assert FASTER.look_back == 10 * HOUR
    assert NEW.look_back == 24 * HOUR


def test_hits_are_kept_for_twice_what_decides_on_episodes_and_for_the_lateness() -> None:
    assert RULE.retention == 2 * 4 * HOUR + RULE.max_lateness
    assert NEW.retention == 2 * 24 * HOUR + NEW.max_lateness
    assert replace(ALONE, cooldown=HOUR).retention == 2 * 25 * HOUR + ALONE.max_lateness


def test_a_rule_depends_on_when_it_began_to_watch_where_it_compares_with_the_past() -> None:
    assert NEW.needs_since
    assert FASTER.needs_since
    assert not RULE.needs_since
