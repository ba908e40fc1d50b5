"""Trains the heads of rule packs on their labelled files, examples and cases."""

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from services.matcher.adapters.event_file import BadLine
from services.matcher.adapters.labelled_file import read_labelled
from services.matcher.domain.backtest.score import LabelledReport
from services.matcher.domain.packs.documents import PackDocuments
from services.matcher.domain.packs.faults import InvalidField, RuleFault
from services.matcher.domain.reader.examples import (
    Example,
    from_labelled,
    from_meaning,
    list_own_examples,
)
from services.matcher.domain.reader.heads import HeadKey, MeaningHead, TrainedHeads
from services.matcher.domain.reader.meanings import list_meanings
from services.matcher.domain.reader.training import TrainedPack, Trainer, train_heads
from services.matcher.domain.rules.rulebook import PackRules, Rulebook


def train_packs(
    packs: Iterable[PackDocuments], rulebook: Rulebook, trainer: Trainer
) -> tuple[TrainedHeads, tuple[RuleFault, ...]]:
    """The heads of every meaning of every pack, and what of the files cannot be read.

    Reads files, and blocks while the model reads what it has not read before.
    """
    heads: dict[HeadKey, MeaningHead] = {}
    notes: list[str] = []
    faults: list[RuleFault] = []
    rules = {pack.name: pack for pack in rulebook.packs}
    for pack in packs:
        trained, wrong = _train_pack(pack, rules[pack.name], trainer)
        heads |= {(pack.name, name): head for name, head in trained.heads.items()}
        notes += [f"{pack.name}: {note}" for note in trained.notes]
        faults += wrong
    return TrainedHeads(trainer.model.name, heads, tuple(notes)), tuple(faults)


def _train_pack(
    pack: PackDocuments, rules: PackRules, trainer: Trainer
) -> tuple[TrainedPack, tuple[RuleFault, ...]]:
    meanings = list_meanings(rules)
    if not meanings:
        return TrainedPack({}, ()), ()
    examples, faults = list_examples(pack)
    own = chain.from_iterable(from_meaning(meaning) for meaning in meanings)
    names = [meaning.key for meaning in meanings]
    return train_heads(names, (*examples, *own), trainer, pack.pack.reader.precision), faults


def list_examples(pack: PackDocuments) -> tuple[list[Example], tuple[RuleFault, ...]]:
    """All that the heads of a pack learn from; a file or line that cannot be read is a fault."""
    examples: list[Example] = list(list_own_examples(pack))
    faults: list[RuleFault] = []
    for name in pack.pack.reader.labelled:
        examples += _read_file(pack, name, faults)
    return examples, tuple(faults)


def _read_file(pack: PackDocuments, name: str, faults: list[RuleFault]) -> Iterator[Example]:
    file = Path(pack.origin.file).parent / name
    try:
        raw = file.read_bytes()
    except OSError as error:
        message = f"{name} cannot be read: {error.strerror}"
        faults.append(pack.origin.fault(InvalidField(("reader", "labelled"), message)))
        return
    yield from _read_lines(str(file), raw.splitlines(), faults)


def _read_lines(file: str, lines: Iterable[bytes], faults: list[RuleFault]) -> Iterator[Example]:
    for line in read_labelled(lines):
        if isinstance(line, BadLine):
            faults.append(RuleFault(file, line.number, "", line.message))
        elif isinstance(line, LabelledReport):
            yield from_labelled(line)
