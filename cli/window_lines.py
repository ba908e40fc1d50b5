"""A window as a terminal shows it: what it holds, what it lacks, and whether it fires."""

from collections.abc import Iterator

from schemas.live_windows import LiveWindow
from services.matcher.domain.review.explain_window import WindowExplanation


def write_window(rule: str, window: WindowExplanation | LiveWindow) -> Iterator[str]:
    """A line for the group, and one for each report that it shows."""
    fires = f"fires: {window.firing[-1]}" if window.firing else "does not fire"
    distance = f"; has {window.distance}" if window.distance else ""
    group = ", ".join(f"{field}={value}" for field, value in window.group.items())
    drill = " DRILL" if window.exercise else ""
    yield f"{rule} [{group}]{drill}: holds {window.count}{distance}; {fires}"
    for held in window.held:
        values = f" {', '.join(held.values)}" if held.values else ""
        leaves = f"leaves {held.leaves:%Y-%m-%d %H:%M}Z"
        yield f"    {held.at:%Y-%m-%d %H:%M}Z {held.event}{values}, {leaves}"
