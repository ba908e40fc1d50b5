"""The commit and author of a folder in a git work tree; None outside of one."""

import subprocess
from pathlib import Path


def read_commit(folder: Path) -> str | None:
    """The commit that is checked out; with `-dirty` if the folder differs from it."""
    commit = _run_git(folder, "rev-parse", "HEAD")
    if commit is None:
        return None
    changed = _run_git(folder, "status", "--porcelain", "--", ".")
    return f"{commit}-dirty" if changed else commit


def read_author(folder: Path) -> str | None:
    """The author of that commit, as git writes it."""
    return _run_git(folder, "log", "-1", "--format=%an <%ae>")


def _run_git(folder: Path, *arguments: str) -> str | None:
    try:
        completed = subprocess.run(  # noqa: S603  (no shell, and a folder is no option of git)
            ["git", "-C", str(folder), *arguments],  # noqa: S607  (whichever git the user has)
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:
        return None
    return completed.stdout.strip() if completed.returncode == 0 else None
