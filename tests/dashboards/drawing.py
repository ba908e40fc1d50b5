"""A dashboard as a picture: each panel with what Prometheus answers to its queries."""

import math
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from deploy.grafana.panel import DashboardSpec, PanelSpec, Query
from tests.dashboards.prometheus import Prometheus, Series

COLUMNS = 3
SIZES = {"s": (1.0, "s"), "bytes": (2**20, "MiB"), "percentunit": (0.01, "%")}
MOST_NAMED = 8


def draw_dashboard(
    path: Path, spec: DashboardSpec, prometheus: Prometheus, span: tuple[float, float]
) -> None:
    """Write a PNG of the dashboard over the time `span`, in seconds since 1970."""
    panels = [panel for row in spec.rows.values() for panel in row]
    lines = math.ceil(len(panels) / COLUMNS)
    figure = Figure(figsize=(14, 2.3 * lines), layout="constrained")
    figure.suptitle(spec.title, fontsize="large", fontweight="bold")
    grid = figure.subplots(lines, COLUMNS, squeeze=False).flatten()
    for axes, panel in zip(grid, panels, strict=False):
        _draw_panel(axes, panel, prometheus, span)
    for axes in grid[len(panels) :]:
        axes.set_axis_off()
    figure.savefig(path, dpi=70)


def _draw_panel(
    axes: Axes, panel: PanelSpec, prometheus: Prometheus, span: tuple[float, float]
) -> None:
    axes.set_title(panel.title, fontsize="small", loc="left")
    if panel.is_stat:
        _write_values(axes, panel, prometheus)
    else:
        _draw_lines(axes, panel, prometheus, span)


def _write_values(axes: Axes, panel: PanelSpec, prometheus: Prometheus) -> None:
    shown = [
        f"{name}  {_format(float(series['value'][1]), panel.unit)}"
        for query in panel.queries
        for name, series in _name(query, prometheus.query(query.expression))
    ]
    axes.set_axis_off()
    axes.text(0.03, 0.9, "\n".join(shown), va="top", fontsize="medium", transform=axes.transAxes)


def _draw_lines(
    axes: Axes, panel: PanelSpec, prometheus: Prometheus, span: tuple[float, float]
) -> None:
    size, unit = SIZES.get(panel.unit, (1.0, ""))
    for query in panel.queries:
        for name, series in _name(query, prometheus.query_range(query.expression, *span)):
            times = [float(at) - span[0] for at, _ in series["values"]]
            levels = [float(level) / size for _, level in series["values"]]
            axes.plot(times, levels, label=textwrap.shorten(name, 34), linewidth=1)
    axes.set_ylim(bottom=0)
    axes.set_ylabel(unit, fontsize="x-small")
    axes.tick_params(labelsize="x-small")
    axes.grid(visible=True, alpha=0.3)
    handles, names = axes.get_legend_handles_labels()
    axes.legend(handles[:MOST_NAMED], names[:MOST_NAMED], loc="upper left", fontsize=5, ncols=2)


def _name(query: Query, answer: Sequence[Series]) -> Iterator[tuple[str, Series]]:
    for series in answer:
        yield _fill(query.legend, series["metric"]), series


def _fill(legend: str, labels: Mapping[str, str]) -> str:
    for label, value in labels.items():
        legend = legend.replace(f"{{{{{label}}}}}", value)
    return legend


def _format(value: float, unit: str) -> str:
    size, name = SIZES.get(unit, (1.0, ""))
    return f"{value / size:.4g} {name}".strip()
