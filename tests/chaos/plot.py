"""The soak as a picture: memory, lag and latency over time."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

Line = Sequence[tuple[float, float]]
Panel = Mapping[str, Line]


def draw(path: Path, title: str, panels: Mapping[str, Panel]) -> None:
    """Write a PNG with one panel below the other, each with its lines over minutes."""
    figure = Figure(figsize=(10, 3.2 * len(panels)), layout="constrained")
    figure.suptitle(title)
    grid = figure.subplots(len(panels), 1, sharex=True, squeeze=False)
    for axes, (label, panel) in zip(grid[:, 0], panels.items(), strict=True):
        _draw(axes, label, panel)
    grid[-1, 0].set_xlabel("minutes")
    figure.savefig(path, dpi=110)


def _draw(axes: Axes, label: str, panel: Panel) -> None:
    for name, line in panel.items():
        style = "." if len(panel) == 1 else "-"
        minutes, levels = [at / 60 for at, _ in line], [level for _, level in line]
        axes.plot(minutes, levels, style, label=name)
    axes.set_ylabel(label)
    axes.set_ylim(bottom=0)
    axes.grid(visible=True, alpha=0.3)
    axes.legend(loc="upper left", fontsize="small", ncols=3)
