"""The reader's heads that a bundle is published with."""

from collections.abc import Callable

from cli.faults import CommandFailure
from cli.reader import print_reader_notes, start_trainer
from cli.rule_set import print_faults
from schemas.reader_heads import PackHeads
from services.matcher.adapters.rules.rule_files import RuleFiles
from services.matcher.adapters.sentence_models.folder_heads import note_stale
from services.matcher.adapters.sentence_models.heads_file import UnreadableHeads, read_heads
from services.matcher.adapters.sentence_models.training_files import (
    PackExamples,
    list_pack_examples,
)
from services.matcher.domain.changes.next_bundle import VersionedBundle
from services.matcher.domain.reader.stored_heads import store_heads
from services.matcher.domain.reader.training import Trainer
from services.matcher.domain.rules.rulebook import Rulebook


def choose_heads(
    files: RuleFiles,
    rulebook: Rulebook,
    before: VersionedBundle | None,
    start: Callable[[], Trainer] = start_trainer,
) -> dict[str, PackHeads]:
    """The heads of each pack with meanings: those of its file, else trained now.

    Where there is no model, those of the bundle in force are kept while the examples are the same.

    Raises:
        CommandFailure: there are no heads for a pack; the message says the way out.
    """
    rules = {pack.name: pack for pack in rulebook.packs}
    packs = (list_pack_examples(pack, rules[pack.name]) for pack in files.packs)
    in_force = {} if before is None else before.bundle.heads
    return {
        each.pack.name: _choose(each, in_force.get(each.pack.name), start)
        for each in packs
        if each.meanings
    }


def _choose(
    examples: PackExamples, in_force: PackHeads | None, start: Callable[[], Trainer]
) -> PackHeads:
    print_faults(examples.faults)
    try:
        stored = read_heads(examples.pack)
    except UnreadableHeads as error:
        raise CommandFailure(str(error)) from error
    name = examples.pack.name
    if stored is None:
        return _train_or_keep(examples, in_force, start)
    print_reader_notes(f"{name}: {note}" for note in note_stale(stored, examples))
    return stored


def _train_or_keep(
    examples: PackExamples, in_force: PackHeads | None, start: Callable[[], Trainer]
) -> PackHeads:
    name = examples.pack.name
    try:
        trained = examples.train(start())
    except CommandFailure as error:
        if in_force is not None and in_force.trained_on == examples.digest:
            print_reader_notes([f"{name}: the heads in force are kept: {error}"])
            return in_force
        way_out = "or run `vedette rules train` where there is one, and publish its heads.json too"
        raise CommandFailure(f"{name}: no heads for the reader: {error}; {way_out}") from error
    print_reader_notes(f"{name}: {note}" for note in trained.notes)
    return store_heads(trained)
