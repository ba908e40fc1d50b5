"""The memory that this process has, and the limit of its container."""

import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

PAGE = os.sysconf("SC_PAGE_SIZE")
STATM = Path("/proc/self/statm")
CGROUP = Path("/proc/self/cgroup")
MOUNT = Path("/sys/fs/cgroup")
NO_LIMIT = 2**62
"""Control groups of version 1 without a limit report a little less than 2^63."""


def measure_resident() -> int:
    """The resident memory of this process, in bytes; 0 where the system does not report it."""
    try:
        return int(STATM.read_text().split()[1]) * PAGE
    except OSError:
        return 0


def find_limit(cgroup: Path = CGROUP, mount: Path = MOUNT) -> int | None:
    """The least memory limit of the control groups that this process is in, in bytes.

    None: they have none, or there are no control groups. Versions 1 and 2 are read.
    """
    try:
        lines = cgroup.read_text().splitlines()
    except OSError:
        return None
    limits = (_read_limit(file) for line in lines for file in _list_files(line, mount))
    return min((limit for limit in limits if limit is not None), default=None)


def _list_files(line: str, mount: Path) -> Iterator[Path]:
    """The files with the limits of a line of /proc/self/cgroup: its group's and those above."""
    hierarchy, controllers, path = line.split(":", 2)
    if hierarchy == "0":
        root, name = mount, "memory.max"
    elif "memory" in controllers.split(","):
        root, name = mount / "memory", "memory.limit_in_bytes"
    else:
        return
    group = PurePosixPath(path)
    for above in (group, *group.parents):
        yield root / above.relative_to("/") / name


def _read_limit(file: Path) -> int | None:
    """None also where the file is missing: a container may not see the groups above its own."""
    try:
        limit = int(file.read_text())
    except (OSError, ValueError):
        return None
    return limit if limit < NO_LIMIT else None
