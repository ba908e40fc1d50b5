"""What git says of a folder, if it lies in a work tree."""

import subprocess
from pathlib import Path


def commit_of(folder: Path) -> str | None:
    """The commit checked out there; `-dirty` if the folder holds something else."""
    commit = _git(folder, "rev-parse", "HEAD")
    if commit is None:
        return None
    changed = _git(folder, "status", "--porcelain", "--", ".")
    return f"{commit}-dirty" if changed else commit


def author_of(folder: Path) -> str | None:
    """Who made that commit, as git writes it."""
    return _git(folder, "log", "-1", "--format=%an <%ae>")


def _git(folder: Path, *arguments: str) -> str | None:
    try:
        asked = subprocess.run(  # noqa: S603  (no shell, and a folder is no option of git)
            ["git", "-C", str(folder), *arguments],  # noqa: S607  (whichever git the user has)
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:
        return None
    return asked.stdout.strip() if asked.returncode == 0 else None
