import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.stack.folder import LOCK, PREFIX, stack_folder

OTHER_STACK = """
import sys
from pathlib import Path
from cli.stack.folder import stack_folder
with stack_folder(Path(sys.argv[1])) as folder:
    (folder / "ingest.log").touch()
    print(folder, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def other_stack(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """Another process that has a folder."""
    with subprocess.Popen(  # noqa: S603  (our own code)
        [sys.executable, "-c", OTHER_STACK, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        yield process, Path(process.stdout.readline().strip())
        process.kill()


def test_a_folder_is_for_this_user_alone_and_goes_at_the_end(tmp_path: Path) -> None:
    with stack_folder(tmp_path) as folder:
        assert folder.stat().st_mode & 0o777 == 0o700

    assert list(tmp_path.iterdir()) == []


def test_the_next_stack_deletes_what_a_killed_one_left(
    tmp_path: Path, other_stack: tuple[subprocess.Popen[str], Path]
) -> None:
    process, left = other_stack
    process.send_signal(signal.SIGKILL)
    process.wait(10)
    assert (left / "ingest.log").exists()

    with stack_folder(tmp_path) as folder:
        assert list(tmp_path.iterdir()) == [folder]


def test_a_running_stack_keeps_its_folder(
    tmp_path: Path, other_stack: tuple[subprocess.Popen[str], Path]
) -> None:
    _, theirs = other_stack

    with stack_folder(tmp_path):
        assert (theirs / "ingest.log").exists()


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a folder away")
def test_a_folder_that_another_user_made_is_not_touched(tmp_path: Path) -> None:
    theirs = tmp_path / f"{PREFIX}theirs"
    theirs.mkdir()
    (theirs / LOCK).touch()
    os.chown(theirs, 65534, 65534)

    with stack_folder(tmp_path):
        assert (theirs / LOCK).exists()


def test_nothing_else_is_deleted(tmp_path: Path) -> None:
    being_made = tmp_path / f"{PREFIX}new"
    of_others = tmp_path / "vedette-kafka-1"
    for folder in (being_made, of_others):
        folder.mkdir()
    (of_others / LOCK).touch()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / LOCK).touch()
    (tmp_path / f"{PREFIX}link").symlink_to(elsewhere)

    with stack_folder(tmp_path):
        assert being_made.exists()
        assert (of_others / LOCK).exists()
        assert (elsewhere / LOCK).exists()
