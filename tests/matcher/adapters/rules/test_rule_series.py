"""Each rule begins at 0, so that its first match is an increase."""

import pytest
from prometheus_client import REGISTRY

from services.matcher.adapters.rules.bundle_rules import compile_bundle
from services.matcher.adapters.rules.rule_series import show_rules
from tests.matcher.adapters.rules.bundles import HEAD, ROCKETS, written

NAME = "rockets_of_these_series"
OF_RULE = {"pack": "iraq", "rule": NAME}


@pytest.mark.parametrize(
    ("metric", "labels"),
    [
        ("vedette_matcher_matches_total", OF_RULE),
        ("vedette_matcher_signals_total", OF_RULE),
        ("vedette_matcher_rule_seconds_total", OF_RULE),
        ("vedette_matcher_alerts_total", OF_RULE | {"level": "medium", "status": "firing"}),
        ("vedette_dead_letters_total", {"place": NAME, "reason": "rule_failed"}),
    ],
)
def test_a_rule_is_shown_before_it_matches(metric: str, labels: dict[str, str]) -> None:
    rule = ROCKETS.replace("name: rockets", f"name: {NAME}")
    files = {"iraq/pack.yaml": HEAD, "iraq/indicators/rockets.yaml": rule}

    show_rules(compile_bundle(written(1, files)).rulebook)

    assert REGISTRY.get_sample_value(metric, labels) == 0.0
