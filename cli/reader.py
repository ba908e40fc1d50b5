"""The second reader as commands on rules use it: its model, its heads, its readings."""

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from cli.faults import CommandFailure
from cli.output import print_line
from cli.rule_set import print_faults
from cli.settings import reader_settings
from schemas.event import Event
from schemas.signal import Signal
from services.matcher.adapters.rules.rule_files import RuleFiles
from services.matcher.adapters.sentence_models.folder_heads import FolderHeads, find_heads
from services.matcher.adapters.sentence_models.heads_file import UnreadableHeads
from services.matcher.adapters.sentence_models.load_model import (
    ModelUnavailable,
    load_model,
    make_trainer,
)
from services.matcher.domain.reader.reading import Reader, Reading
from services.matcher.domain.reader.stored_heads import InvalidHeads, restore_all
from services.matcher.domain.reader.suspected_signals import make_suspected_signals
from services.matcher.domain.reader.training import Trainer
from services.matcher.domain.rules.reader_rulebook import make_reader_rulebook
from services.matcher.domain.rules.rulebook import Rulebook


def open_reader(files: RuleFiles, rulebook: Rulebook) -> Reader:
    """A reader with the packs' heads: those of `heads.json`, or trained now on their examples.

    What is off or out of date goes to standard error.

    Raises:
        CommandFailure: there is no model, and the message says what to install; or the heads of a
            file are damaged.
    """
    trainer = start_trainer()
    model = trainer.model
    try:
        found = find_heads(files.packs, rulebook, lambda: trainer, model.name)
        heads = restore_all(found.by_pack, model.name)
    except (UnreadableHeads, InvalidHeads) as error:
        raise CommandFailure(str(error)) from error
    print_notes(found)
    return Reader(make_reader_rulebook(rulebook), model, heads)


def start_trainer() -> Trainer:
    """The model, whose vectors are kept in VEDETTE_READER_CACHE, and who fits heads to them.

    Raises:
        CommandFailure: there is no model; the message says what to install.
    """
    settings = reader_settings()
    try:
        model = load_model(settings.reader_model)
    except ModelUnavailable as error:
        raise CommandFailure(str(error)) from error
    return make_trainer(model, settings.reader_cache or _cache_folder())


def _cache_folder() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "vedette"


def print_notes(found: FolderHeads) -> None:
    """Print what of the heads is off or out of date on standard error."""
    print_faults(found.faults)
    print_reader_notes(found.notes)


def print_reader_notes(notes: Iterable[str]) -> None:
    """Print notes of the reader on standard error."""
    for note in notes:
        print_line(f"reader: {note}", err=True)


def suspect_all(
    reader: Reader, rulebook: Rulebook, events: Iterable[Event]
) -> Mapping[str, Sequence[Signal]]:
    """The suspected hits of each event that has some, by its identity; blocks while it reads."""
    read = {
        event.identity: tuple(make_suspected_signals(rulebook, reader.read(event)))
        for event in events
    }
    return {identity: signals for identity, signals in read.items() if signals}


def reading_line(reading: Reading) -> dict[str, object]:
    """One reading, for JSON: how near the report comes, and what words say against it."""
    described: dict[str, object] = {
        "rule": reading.rule.name,
        "meaning": reading.meaning,
        "suspected": reading.suspected,
        "score": round(reading.score, 2),
        "threshold": round(reading.score - reading.margin, 2),
        "passage": reading.passage,
    }
    if reading.nearest is not None:
        described |= {"nearest": reading.nearest.text, "nearest_id": reading.nearest.example_id}
    return described | ({"vetoed_by": reading.veto} if reading.veto else {})
