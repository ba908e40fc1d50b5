"""`vedette rules fmt`: one form for the YAML files of rule packs."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import typer

from cli.faults import CommandFailure
from cli.formatting.layout import NotFormattable, format_text
from cli.output import print_line
from services.counts import format_count

FAILED = 1
SUFFIX = ".yaml"


def fmt(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Files, or folders of packs; default rules.")
    ] = None,
    *,
    check: Annotated[bool, typer.Option("--check", help="Only say what would change.")] = False,
) -> None:
    """Bring the YAML files into their form: spaces, indents, order of keys; comments are kept.

    A file never changes its meaning. Exit code 1 where one cannot be formatted, and with --check
    where one would change.
    """
    changed, failed, files = 0, 0, 0
    for file in find_files(paths or [Path("rules")]):
        files += 1
        try:
            changed += format_file(file, check=check)
        except NotFormattable as error:
            failed += 1
            print_line(str(error), err=True)
    print_line(
        f"{format_count(files, 'file')}, {changed} {'to be formatted' if check else 'formatted'}"
    )
    if failed or (check and changed):
        raise typer.Exit(FAILED)


def find_files(paths: Iterable[Path]) -> Iterator[Path]:
    """The YAML files below folders, and those named; other files are left out.

    Raises:
        CommandFailure: there is no such file.
    """
    for path in paths:
        if path.is_dir():
            yield from sorted(each for each in path.rglob(f"*{SUFFIX}") if each.is_file())
        elif not path.exists():
            raise CommandFailure(f"{path}: no such file or folder")
        elif path.suffix == SUFFIX:
            yield path


def format_file(file: Path, *, check: bool) -> bool:
    """Format a file, or only say whether it would change.

    Raises:
        CommandFailure: it cannot be read or written.
        NotFormattable: it is no YAML that rules may be written in.
    """
    try:
        raw = file.read_bytes()
        formatted = format_bytes(str(file), raw)
        if formatted == raw:
            return False
        if not check:
            file.write_bytes(formatted)
    except OSError as error:
        raise CommandFailure(f"{file}: {error.strerror}") from error
    print_line(f"{file}: {'would be formatted' if check else 'formatted'}")
    return True


def format_bytes(name: str, raw: bytes) -> bytes:
    """The file in its form.

    Raises:
        NotFormattable: as `format_text`, or it is not UTF-8.
    """
    try:
        return format_text(name, raw.decode()).encode()
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise NotFormattable(f"{name}:{line}: is not UTF-8") from None
