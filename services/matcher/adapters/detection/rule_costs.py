"""The cost of each rule, from where it is added up to the metrics."""

from services.matcher.adapters import metrics
from services.matcher.domain.rules.budget import RuleCosts


def show_costs(costs: RuleCosts) -> None:
    """Add what the rules have taken since the last call to their counters."""
    # a counter for each rule and report would take longer than most rules
    for (pack, rule), seconds in costs.items():
        metrics.RULE_SECONDS.labels(pack, rule).inc(seconds)
    costs.clear()
