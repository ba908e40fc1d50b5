"""What rules cost is shown, once."""

from prometheus_client import REGISTRY

from services.matcher.adapters.detection.rule_costs import show_costs
from services.matcher.domain.rules.budget import RuleCosts


def test_what_is_shown_is_not_shown_again() -> None:
    costs = RuleCosts(float, {("costly", "rockets"): 0.5})

    show_costs(costs)
    show_costs(costs)

    labels = {"pack": "costly", "rule": "rockets"}
    assert REGISTRY.get_sample_value("vedette_matcher_rule_seconds_total", labels) == 0.5
