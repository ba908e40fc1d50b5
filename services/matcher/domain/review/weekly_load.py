"""What rules cost the people who get their alerts: messages and pages a week, and budgets."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from schemas.alert import Alert
from schemas.pack import AlertBudget

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class WeeklyLoad:
    """Alerts a week, and those among them that page somebody."""

    alerts: float = 0.0
    pages: float = 0.0


def measure_load(
    revisions: Iterable[Alert], is_page: Callable[[Alert], bool], span: timedelta
) -> Mapping[str, WeeklyLoad]:
    """The load of each pack, over the time that its events cover; less than a week counts as one.

    An alert is announced once, however many revisions it has; it pages if one of them does.
    """
    weeks = max(span, WEEK) / WEEK
    announced: dict[str, set[str]] = {}
    paged: dict[str, set[str]] = {}
    for alert in revisions:
        if alert.storm or alert.exercise:
            continue
        announced.setdefault(alert.pack, set()).add(alert.id)
        if is_page(alert):
            paged.setdefault(alert.pack, set()).add(alert.id)
    return {
        pack: WeeklyLoad(len(ids) / weeks, len(paged.get(pack, ())) / weeks)
        for pack, ids in sorted(announced.items())
    }


def find_excess(budget: AlertBudget, load: WeeklyLoad) -> Iterator[str]:
    """A line for each bound of the budget that the load passes."""
    for name, spent, allowed in (
        ("pages_per_week", load.pages, budget.pages_per_week),
        ("alerts_per_week", load.alerts, budget.alerts_per_week),
    ):
        if allowed is not None and spent > allowed:
            yield f"{name}: {spent:.1f} of {allowed:g}"


def leave_out(revisions: Iterable[Alert], excused: Collection[str]) -> Iterator[Alert]:
    """The revisions of alerts of other rules than those that say why they may pass the budget."""
    return (alert for alert in revisions if alert.rule.name not in excused)
