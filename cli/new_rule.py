"""`vedette rules new`: a rule of a type, with cases that pass, to put one's own words into."""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from cli.choices import choice_option, require_word
from cli.faults import CommandFailure
from cli.output import print_line
from cli.rule_set import count_cases, read_folder, run_cases
from cli.rule_types.templates import RuleChoices, fill_in, list_types
from schemas.alert import Level

PACK = "pack.yaml"
_NAME = re.compile(r"[a-z][a-z0-9_]{0,99}")
_SCHEMAS = Path("schemas") / "json"


def read_kind(text: str) -> str:
    """A type of rule.

    Raises:
        typer.BadParameter: there is none of that name.
    """
    require_word(text, list_types())
    return text


def read_name(text: str) -> str:
    """A name of a rule.

    Raises:
        typer.BadParameter: it is none.
    """
    if not _NAME.fullmatch(text):
        raise typer.BadParameter(f"{text!r}: a-z first, then a-z, 0-9 and _, at most 100")
    return text


def read_title(text: str) -> str:
    """A title of a rule.

    Raises:
        typer.BadParameter: it is empty.
    """
    if not text.strip():
        raise typer.BadParameter("must not be empty")
    return text


KindArgument = Annotated[
    str, typer.Argument(metavar="TYPE", parser=read_kind, help=", ".join(list_types()))
]
PackOption = Annotated[
    Path, typer.Option("--rules", help="The rule pack; it is made where there is none.")
]
NameOption = Annotated[
    str,
    typer.Option(
        parser=read_name,
        prompt="Name (a-z, 0-9 and _)",
        help="The rule's name, and its file's.",
    ),
]
TitleOption = Annotated[
    str,
    typer.Option(
        parser=read_title,
        prompt="Title, one line that people read",
        help="One line for people.",
    ),
]
LevelOption = Annotated[
    Level,
    choice_option(Level, prompt="Level", help="How grave its alerts are."),
]
OwnerOption = Annotated[str, typer.Option(help="Who owns the pack, if it is made.")]


def new(  # noqa: PLR0913  (typer makes an option of each)
    kind: KindArgument,
    *,
    folder: PackOption,
    name: NameOption,
    title: TitleOption,
    level: LevelOption,
    owner: OwnerOption = "desk",
) -> None:
    """Write a rule of TYPE with cases that pass; what is not given is asked for.

    Its words are an example's: put yours there, and then run `vedette rules test`.
    """
    written = fill_in(kind, RuleChoices(name, title, level))
    _refuse_taken(folder, written)
    made = [] if (folder / PACK).exists() else [_write_pack(folder, owner)]
    made += [_write(folder / path, text, folder) for path, text in written.items()]
    for path in made:
        print_line(f"wrote {path}")
    _run_cases(folder, made)


def _refuse_taken(folder: Path, written: Mapping[str, str]) -> None:
    for path in written:
        if (folder / path).exists():
            raise CommandFailure(f"{folder / path} exists: choose another --name")
    if not (folder / PACK).exists():
        return
    names = _names(written.values())
    for rule in (rule for pack in read_folder(folder).packs for rule in pack.rules):
        if rule.document.name in names:
            raise CommandFailure(
                f"{rule.origin.file} has a rule {rule.document.name!r}: choose another --name"
            )


def _names(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(re.findall(r"^name: (\S+)$", "\n".join(texts), re.MULTILINE))


def _write_pack(folder: Path, owner: str) -> Path:
    title = folder.resolve().name
    return _write(folder / PACK, f"title: {title!r}\nowner: {owner!r}\n", folder)


def _write(path: Path, text: str, pack: Path) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_schema_line(path, pack) + text, encoding="utf-8")
    except OSError as error:
        raise CommandFailure(f"{error.filename}: {error.strerror}") from error
    return path


def _schema_line(path: Path, pack: Path) -> str:
    """A line by which editors find the schema, where the schemas lie above the pack."""
    folder = pack.resolve()
    for levels, parent in enumerate(folder.parents, start=1):
        if (parent / _SCHEMAS).is_dir():
            up = Path(*[".."] * (levels + len(path.relative_to(pack).parts) - 1))
            name = {"indicators": "rule", "lists": "named-list"}.get(path.parent.name, "pack")
            return f"# yaml-language-server: $schema={up / _SCHEMAS / f'{name}.json'}\n"
    return ""


def _run_cases(folder: Path, made: Sequence[Path]) -> None:
    """Check what was written together with the pack that it is in."""
    files = read_folder(folder)
    rulebook, faults = files.rulebook()
    own = [fault for fault in faults if Path(fault.file) in made]
    if own:
        raise CommandFailure("\n".join(map(str, own)))
    written = tuple(f"{path}: " for path in made)
    outcomes = [ran for case, ran in run_cases(files, rulebook, faults) if case.startswith(written)]
    failed = sum(bool(ran.differences) for ran in outcomes)
    print_line(count_cases(len(outcomes), failed))
    print_line(f"now put your own words into it, and run: vedette rules test --rules {folder}")
