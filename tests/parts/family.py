"""The processes below a process, as Linux's /proc tells it."""

from pathlib import Path

PROC = Path("/proc")


def is_alive(pid: int) -> bool:
    """Whether it still runs; one that only waits to be reaped does not."""
    return _state_and_parent(pid)[0] not in ("", "Z")


def descendants(pid: int) -> set[int]:
    """The children of `pid`, their children, and so on, as they stand now."""
    parents = {child: _state_and_parent(child)[1] for child in _pids()}
    below = {child for child, parent in parents.items() if parent == pid}
    return below.union(*(descendants(child) for child in below))


def _pids() -> list[int]:
    return [int(entry.name) for entry in PROC.iterdir() if entry.name.isdigit()]


def _state_and_parent(pid: int) -> tuple[str, int]:
    try:
        stat = (PROC / str(pid) / "stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return "", 0
    state, parent = stat.rpartition(")")[2].split()[:2]
    return state, int(parent)
