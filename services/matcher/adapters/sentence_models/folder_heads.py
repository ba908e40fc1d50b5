"""The heads of packs in a folder: those of their files, or trained now."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from schemas.reader_heads import PackHeads
from services.document_faults import DocumentFault
from services.matcher.adapters.sentence_models.heads_file import HEADS, read_heads
from services.matcher.adapters.sentence_models.training_files import (
    PackExamples,
    list_pack_examples,
)
from services.matcher.domain.packs.documents import PackDocuments
from services.matcher.domain.reader.stored_heads import store_heads
from services.matcher.domain.reader.training import Trainer
from services.matcher.domain.rules.rulebook import Rulebook


@dataclass(slots=True)
class FolderHeads:
    """The heads of packs by name; `notes` on what is off or out of date, and faults of files."""

    by_pack: dict[str, PackHeads] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    faults: list[DocumentFault] = field(default_factory=list)


def find_heads(
    packs: Iterable[PackDocuments],
    rulebook: Rulebook,
    open_trainer: Callable[[], Trainer],
    model: str | None = None,
) -> FolderHeads:
    """The heads of every pack with meanings.

    Those of its file, if they are for `model` (None: for any); else trained, which blocks while the
    model reads the examples.

    Raises:
        UnreadableHeads: a file of heads is damaged.
    """
    found = FolderHeads()
    rules = {pack.name: pack for pack in rulebook.packs}
    for pack in packs:
        examples = list_pack_examples(pack, rules[pack.name])
        found.faults += examples.faults
        if examples.meanings:
            _find_pack(examples, open_trainer, model, found)
    return found


def _find_pack(
    examples: PackExamples,
    open_trainer: Callable[[], Trainer],
    model: str | None,
    found: FolderHeads,
) -> None:
    name = examples.pack.name
    stored = read_heads(examples.pack)
    if stored is not None and model in (None, stored.model):
        found.by_pack[name] = stored
        found.notes += (f"{name}: {note}" for note in note_stale(stored, examples))
        return
    if stored is not None:
        found.notes.append(f"{name}: {HEADS} is for {stored.model}: trained now, for {model}")
    trained = examples.train(open_trainer())
    found.by_pack[name] = store_heads(trained)
    found.notes += (f"{name}: {note}" for note in trained.notes)


def note_stale(stored: PackHeads, examples: PackExamples) -> Iterable[str]:
    """In what the heads of a file differ from what its pack asks for now."""
    if stored.trained_on != examples.digest:
        yield f"{HEADS} is of other examples: `vedette rules train` trains on these"
    for missing in sorted({*examples.meanings} - stored.heads.keys()):
        yield f"{missing}: off, since {HEADS} has no head of it"
