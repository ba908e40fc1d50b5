"""The two sides of a comparison: folders, or revisions of git."""

import io
import subprocess
import tarfile
from pathlib import Path
from tempfile import TemporaryDirectory

from cli.faults import CommandFailure
from cli.output import print_line
from cli.rule_set import print_faults, read_folder
from services.counts import format_count
from services.matcher.adapters.rules.pack_files import HEAD
from services.matcher.domain.review.affected import ReviewedRules


class _GitFailure(Exception):
    """What git says, or why it does not run."""


def read_side(name: str, folder: Path) -> ReviewedRules:
    """The rules of `name`: a folder, or the revision of git with that name of `folder`.

    Rules with a fault are reported and left out: a fault of the older side must not hide what the
    newer one does.

    Raises:
        CommandFailure: it is neither, or has no such folder.
    """
    if Path(name).is_dir():
        return _compile(name, Path(name))
    with TemporaryDirectory(prefix="vedette-diff-") as extracted:
        try:
            found = _extract(name, folder, Path(extracted))
        except _GitFailure as error:
            reason = f"neither a folder nor a revision of git with {folder} ({error})"
            raise CommandFailure(f"{name}: {reason}") from error
        return _compile(name, found)


def _compile(name: str, folder: Path) -> ReviewedRules:
    files = read_folder(folder)
    rulebook, faults = files.rulebook()
    print_faults(faults)
    if faults:
        print_line(
            f"{name}: {format_count(len(faults), 'fault')}; rules with a fault are left out",
            err=True,
        )
    return ReviewedRules(files.packs, rulebook)


def _extract(revision: str, folder: Path, target: Path) -> Path:
    """The folder as it is in the revision, with the packs beside it, below `target`."""
    is_pack = (folder / HEAD).is_file()
    packs = folder.resolve().parent if is_pack else folder.resolve()
    top = Path(_run_git(packs, "rev-parse", "--show-toplevel").decode().strip())
    inside = packs.relative_to(top)
    commit = _run_git(top, "rev-parse", "--verify", f"{revision}^{{commit}}").decode().strip()
    archive = _run_git(top, "archive", commit, "--", str(inside))
    with tarfile.open(fileobj=io.BytesIO(archive)) as packed:
        packed.extractall(target, filter="data")
    return target / inside / folder.resolve().name if is_pack else target / inside


def _run_git(folder: Path, *arguments: str) -> bytes:
    try:
        completed = subprocess.run(  # noqa: S603  (no shell; a revision is verified before use)
            ["git", "-C", str(folder), *arguments],  # noqa: S607  (whichever git the user has)
            capture_output=True,
            check=False,
        )
    except OSError as error:
        raise _GitFailure(error.strerror) from error
    if completed.returncode:
        raise _GitFailure(completed.stderr.decode(errors="replace").strip())
    return completed.stdout
