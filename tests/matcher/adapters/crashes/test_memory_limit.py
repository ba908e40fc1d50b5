"""The memory limit of the container, as control groups report it."""

from mmap import mmap
from pathlib import Path

import pytest

from services.matcher.adapters.crashes.memory_limit import find_limit, measure_resident

GIB = 2**30


def write(mount: Path, limits: dict[str, str]) -> None:
    for path, limit in limits.items():
        (mount / path).parent.mkdir(parents=True, exist_ok=True)
        (mount / path).write_text(f"{limit}\n")


@pytest.mark.parametrize(
    ("group", "limits", "expected"),
    [
        ("0::/", {"memory.max": str(GIB)}, GIB),
        ("0::/", {"memory.max": "max"}, None),
        ("0::/pod/box", {"pod/memory.max": str(GIB), "pod/box/memory.max": str(2 * GIB)}, GIB),
        ("0::/pod/box", {"memory.max": str(GIB)}, GIB),
        ("4:cpu,memory:/box", {"memory/box/memory.limit_in_bytes": str(GIB)}, GIB),
        ("4:memory:/", {"memory/memory.limit_in_bytes": "9223372036854771712"}, None),
        ("4:cpu:/", {"memory/memory.limit_in_bytes": str(GIB)}, None),
        ("0::/", {}, None),
    ],
    ids=["v2", "v2-none", "v2-nested", "v2-above", "v1", "v1-none", "other", "missing"],
)
def test_the_least_limit_of_the_groups_counts(
    tmp_path: Path, group: str, limits: dict[str, str], expected: int | None
) -> None:
    cgroup, mount = tmp_path / "cgroup", tmp_path / "mount"
    cgroup.write_text(f"1:name=systemd:/\n{group}\n")
    write(mount, limits)

    assert find_limit(cgroup, mount) == expected


def test_without_control_groups_there_is_no_limit(tmp_path: Path) -> None:
    assert find_limit(tmp_path / "none", tmp_path) is None


def test_the_memory_of_this_process_is_measured_in_bytes() -> None:
    before = measure_resident()

    # pages of its own: bytes may lie in memory that the process has already
    with mmap(-1, 50_000_000) as taken:
        taken.write(b"x" * 50_000_000)

        assert measure_resident() - before > 40_000_000
