"""A picture of what the reader adds: precision against recall, a curve a rule."""

from importlib import import_module
from math import ceil
from pathlib import Path

from cli.faults import CommandFailure
from cli.score_output import Scores

COLUMNS = 5
INCHES = 2.4


def draw_curves(scores: Scores, file: Path) -> None:
    """Write a PNG: for each rule what words find (the dot) and what lower thresholds would add.

    Raises:
        CommandFailure: there was no reader, or matplotlib is not installed.
    """
    if scores.reader is None:
        raise CommandFailure("--picture shows what the reader adds: give --reader too")
    curves = scores.reader.curves(scores.words)
    try:
        pyplot = import_module("matplotlib.figure")
    except ImportError as error:
        raise CommandFailure("--picture needs matplotlib: pip install matplotlib") from error
    rows = ceil(len(curves) / COLUMNS)
    figure = pyplot.Figure(figsize=(INCHES * COLUMNS, INCHES * rows), layout="constrained")
    for number, curve in enumerate(curves):
        axes = figure.add_subplot(rows, COLUMNS, number + 1)
        axes.set_title(curve.rule, fontsize=8)
        axes.set(xlim=(0, 1.02), ylim=(0, 1.02))
        axes.plot([point.recall for point in curve.points], [p.precision for p in curve.points])
        axes.plot(curve.points[0].recall, curve.points[0].precision, "o", label="words")
        if curve.chosen is not None:
            axes.plot(curve.chosen.recall, curve.chosen.precision, "s", label="with the reader")
    figure.supxlabel("recall")
    figure.supylabel("precision")
    figure.savefig(file, dpi=120)
