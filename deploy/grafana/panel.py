"""A panel as the dashboards are written: what it asks, what it shows, where to read on."""

from dataclasses import dataclass, field

NAMESPACE = 'namespace=~"$namespace"'
PACK = f'{NAMESPACE},pack=~"$pack"'
"""Of metrics by rule."""


@dataclass(frozen=True, slots=True)
class Query:
    """A PromQL expression, and the legend of its series (`{{label}}`)."""

    expression: str
    legend: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """From where on a value is doubtful, and bad; `is_low_bad`: below them instead."""

    doubtful: float
    bad: float
    is_low_bad: bool = False


@dataclass(frozen=True, slots=True)
class PanelSpec:
    """One panel; `unit` is Grafana's name of it.

    `is_stat`: shows the last values as numbers, not as lines. `runbooks` are linked.
    """

    title: str
    description: str
    queries: tuple[Query, ...]
    unit: str = "short"
    is_stat: bool = False
    limits: Limits | None = None
    runbooks: tuple[str, ...] = ()
    has_exemplars: bool = False


@dataclass(frozen=True, slots=True)
class DashboardSpec:
    """A dashboard: its panels by row."""

    uid: str
    title: str
    description: str
    rows: dict[str, tuple[PanelSpec, ...]] = field(default_factory=dict)


def quantile(share: float, metric: str, by: str = "") -> str:
    """The quantile of a histogram over the panel's interval, by the labels `by`."""
    labels = f"le, {by}" if by else "le"
    rate = f"rate({metric}_bucket{{{NAMESPACE}}}[$__rate_interval])"
    return f"histogram_quantile({share}, sum by ({labels}) ({rate}))"


def increase(metric: str, by: str, labels: str = NAMESPACE) -> str:
    """What a counter gained in the panel's interval, by the labels `by`."""
    return f"sum by ({by}) (increase({metric}{{{labels}}}[$__rate_interval]))"


def rate(metric: str, by: str, labels: str = NAMESPACE) -> str:
    """What a counter gains a second, by the labels `by`."""
    return f"sum by ({by}) (rate({metric}{{{labels}}}[$__rate_interval]))"


def most(metric: str, by: str) -> str:
    """The highest value of a gauge, by the labels `by`."""
    return f"max by ({by}) ({metric}{{{NAMESPACE}}})"
