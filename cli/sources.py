"""`vedette sources`: check the files of sources, and try what becomes of a sample."""

import sys
from collections import Counter
from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cli.check_formats import Finding, format_json, format_text
from cli.choices import choice_option
from cli.faults import CommandFailure
from cli.output import print_line
from cli.tried_items import describe_tried, encode_tried
from services.counts import format_count
from services.document_faults import limit_faults, sort_faults, suggest_name
from services.ingest.adapters.sources.source_files import SourceFiles, read_source_files
from services.ingest.domain.sources.mapping_document import MappingDocument
from services.ingest.domain.sources.pushed_sources import PushedSource
from services.ingest.domain.sources.source_document import SourceDocument
from services.ingest.domain.trying.item_readers import choose_reader
from services.ingest.domain.trying.try_sample import TriedItem, try_sample
from services.ingest.domain.trying.unfilled import list_filled, list_unfilled

FAILED = 1
LARGEST_SAMPLE = 64 * 1024 * 1024

app = typer.Typer(help="Check sources, and try them.", no_args_is_help=True)

SourcesFolder = Annotated[
    Path, typer.Option("--sources", help="The folder of sources.", envvar="VEDETTE_SOURCES_DIR")
]


class SourcesFormat(StrEnum):
    """For people or for programs."""

    TEXT = "text"
    JSON = "json"


FormatOption = Annotated[SourcesFormat, choice_option(SourcesFormat, "--format")]


@app.callback()
def sources() -> None:
    """Check sources, and try them."""


@app.command()
def check(folder: SourcesFolder = Path("sources"), form: FormatOption = SourcesFormat.TEXT) -> None:
    """Report every fault of every file at once: FILE:LINE: FIELD: what is wrong.

    Exit code 1 on a fault. JSON: one object a fault, on a line.
    """
    files = _read(folder)
    for fault in sort_faults(limit_faults(files.faults)):
        finding = Finding("fault", fault)
        if form is SourcesFormat.JSON:
            print_line(format_json(finding))
        else:
            print_line(format_text(finding), err=True)
    if files.faults:
        raise typer.Exit(FAILED)
    if form is SourcesFormat.TEXT:
        print_line(f"{_count_kinds(files)}, no fault")


@app.command("try")
def try_(
    source: Annotated[str, typer.Argument(metavar="ID", help="The id of the source.")],
    *,
    file: Annotated[str, typer.Option("--file", help="What the source would send; -: stdin.")],
    folder: SourcesFolder = Path("sources"),
    form: FormatOption = SourcesFormat.TEXT,
) -> None:
    """Show the events that come out of a sample, and why others do not.

    The sample is what ingest gets: a body, a feed, a file. Nothing is sent anywhere. Exit code 1
    where an item is refused.
    """
    document = _find_source(_read(folder), folder, source)
    reader = choose_reader(document)
    counts: Counter[str] = Counter()
    filled: set[str] = set()
    reporter = document.make_reporter(frozenset({document.id}))
    for item in try_sample(reader, _read_sample(file), reporter, datetime.now(UTC)):
        counts[_name_result(item)] += 1
        filled |= set() if item.event is None else set(list_filled(item.event.event))
        print_line(encode_tried(item) if form is SourcesFormat.JSON else describe_tried(item))
    if form is SourcesFormat.TEXT:
        counted = (f"{counts[name]} {name}" for name in ("taken", "refused", "left out"))
        print_line(f"in all {', '.join(counted)}")
        for line in _describe_unfilled(document, filled):
            print_line(line)
        if counts["refused"] and not isinstance(document, PushedSource):
            print_line("the worker would make a dead letter of each that is refused")
    if counts["refused"]:
        raise typer.Exit(FAILED)


def _describe_unfilled(source: SourceDocument, filled: Collection[str]) -> Iterator[str]:
    """What the source's own mapping never gave; nothing where no item was taken."""
    mapping = getattr(source, "mapping", None)
    if filled and isinstance(mapping, MappingDocument):
        for name, expression in list_unfilled(mapping, frozenset(filled)):
            yield f"note: {name}: no report has it: is {expression!r} right?"


def _read(folder: Path) -> SourceFiles:
    if not folder.is_dir():
        raise CommandFailure(f"{folder}: no such folder: name yours with --sources")
    return read_source_files(folder)


def _count_kinds(files: SourceFiles) -> str:
    counts = Counter(getattr(each.document, "kind", "") for each in files.sources)
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items()))
    return f"{format_count(len(files.sources), 'source')} ({kinds})"


def _find_source(files: SourceFiles, folder: Path, source: str) -> SourceDocument:
    by_id = files.source_set().by_id
    if source in by_id:
        return by_id[source]
    if files.faults:
        first = sort_faults(files.faults)[0]
        raise CommandFailure(f"there is no usable source {source}: {first}")
    hint = suggest_name(source, by_id) or f"there are {', '.join(by_id) or 'none'}"
    raise CommandFailure(f"{folder} has no source {source}: {hint}")


def _read_sample(file: str) -> bytes:
    try:
        if file == "-":
            raw = sys.stdin.buffer.read(LARGEST_SAMPLE + 1)
        else:
            with Path(file).open("rb") as opened:
                raw = opened.read(LARGEST_SAMPLE + 1)
    except OSError as error:
        raise CommandFailure(f"{file}: {error.strerror}") from error
    if len(raw) > LARGEST_SAMPLE:
        raise CommandFailure(f"{file}: is larger than {LARGEST_SAMPLE} bytes: try a part of it")
    return raw


def _name_result(item: TriedItem) -> str:
    if item.event is not None:
        return "taken"
    return "left out" if item.left_out is not None else "refused"
