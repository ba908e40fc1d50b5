"""The series of each rule, from 0 on: an increase from nothing is none to Prometheus."""

from schemas.alert import Status
from services.matcher.adapters import metrics
from services.matcher.domain.rules.rulebook import Rulebook
from services.metrics import RULE_FAILED, show_dead_letters


def show_rules(rulebook: Rulebook) -> None:
    """Show the number of rules, and begin what is counted for each of them."""
    metrics.RULES.set(len(rulebook.windows))
    for pack in rulebook.packs:
        for rule in pack.rules:
            metrics.MATCHES.labels(rule.pack, rule.name)
            metrics.TOO_COSTLY.labels(rule.pack, rule.name)
            metrics.RULE_SECONDS.labels(rule.pack, rule.name)
            show_dead_letters(rule.name, RULE_FAILED, "too_costly")
    for window in rulebook.windows.values():
        for counter in (metrics.SIGNALS, metrics.TOO_LATE, metrics.FULL_WINDOWS):
            counter.labels(window.pack, window.name)
        for status in Status:
            metrics.ALERTS.labels(window.pack, window.name, window.level, status)
