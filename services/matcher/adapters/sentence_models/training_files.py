"""Trains the heads of rule packs on their labelled files, examples, cases, and on news."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from schemas.rule import DetectionRule
from services.document_faults import DocumentFault, InvalidField
from services.matcher.adapters.event_file import BadLine
from services.matcher.adapters.labelled_file import read_labelled
from services.matcher.adapters.sentence_models.news_file import NO_NEWS, ReadNews
from services.matcher.domain.backtest.score import LabelledReport
from services.matcher.domain.packs.documents import PackDocuments
from services.matcher.domain.reader.examples import (
    Example,
    from_labelled,
    from_meaning,
    list_own_examples,
)
from services.matcher.domain.reader.heads import TrainedPack
from services.matcher.domain.reader.meanings import list_meanings
from services.matcher.domain.reader.training import Trainer, train_heads
from services.matcher.domain.reader.training_set import digest_examples, gather
from services.matcher.domain.rules.rulebook import PackRules


@dataclass(frozen=True, slots=True)
class PackExamples:
    """A pack's meanings, what their heads learn from, and what of its files cannot be read."""

    pack: PackDocuments
    meanings: tuple[str, ...]
    examples: tuple[Example, ...]
    faults: tuple[DocumentFault, ...]

    @property
    def digest(self) -> str:
        """As the heads have it that are trained on them."""
        return digest_examples(gather(self.examples).examples, self.pack.pack.reader)

    def train(self, trainer: Trainer, news: ReadNews = NO_NEWS) -> TrainedPack:
        """The heads of every meaning. Blocks while the model reads what it has not read before."""
        of_pack = news.by_pack.get(self.pack.name, ())
        given = gather(self.examples, of_pack, news.reports)
        trained = train_heads(self.meanings, given, trainer, self.pack.pack.reader)
        described = _describe_rules(self.pack)
        heads = {
            name: replace(head, description=described.get(name, ""))
            for name, head in trained.heads.items()
        }
        return replace(trained, heads=heads)


def _describe_rules(pack: PackDocuments) -> dict[str, str]:
    """What each detection rule is about, in the words of its author."""
    documents = (located.document for located in pack.rules)
    return {
        rule.name: "\n".join(filter(None, (rule.title, rule.description)))
        for rule in documents
        if isinstance(rule, DetectionRule)
    }


def list_pack_examples(pack: PackDocuments, rules: PackRules) -> PackExamples:
    """All that the heads of a pack learn from; a file or line that cannot be read is a fault."""
    meanings = list_meanings(rules)
    faults: list[DocumentFault] = []
    if not meanings:
        return PackExamples(pack, (), (), ())
    labelled = chain.from_iterable(
        _read_file(pack, name, faults) for name in pack.pack.reader.labelled
    )
    own = chain.from_iterable(map(from_meaning, meanings))
    examples = (*list_own_examples(pack), *labelled, *own)
    return PackExamples(pack, tuple(each.key for each in meanings), examples, tuple(faults))


def _read_file(pack: PackDocuments, name: str, faults: list[DocumentFault]) -> Iterator[Example]:
    file = Path(pack.origin.file).parent / name
    try:
        raw = file.read_bytes()
    except OSError as error:
        message = f"{name} cannot be read: {error.strerror}"
        faults.append(pack.origin.fault(InvalidField(("reader", "labelled"), message)))
        return
    yield from _read_lines(str(file), raw.splitlines(), faults)


def _read_lines(
    file: str, lines: Iterable[bytes], faults: list[DocumentFault]
) -> Iterator[Example]:
    for line in read_labelled(lines):
        if isinstance(line, BadLine):
            faults.append(DocumentFault(file, line.number, "", line.message))
        elif isinstance(line, LabelledReport):
            yield from_labelled(line)
