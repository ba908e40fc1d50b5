"""A reader on the fake model, with a head that knows a few words."""

from collections.abc import Iterable

from services.matcher.domain.reader.examples import Example
from services.matcher.domain.reader.heads import MeaningHead
from services.matcher.domain.reader.ports import Plane
from services.matcher.domain.reader.reading import Reader
from services.matcher.domain.rules.reader_rulebook import make_reader_rulebook
from services.matcher.domain.rules.rulebook import Rulebook
from tests.matcher.fakes import CountingModel

FIRE, TALK = "shelled pounded struck bombarded", "talks budget election football"


def examples_of(label: str, texts: Iterable[str]) -> list[Example]:
    """Examples of one label, and of no other."""
    return [Example(text, frozenset({label})) for text in texts]


def fire_examples(count: int = 20) -> list[Example]:
    """So many texts about fire, and as many about other things, no two alike."""
    fire, talk = FIRE.split(), TALK.split()
    about_fire = [f"they {fire[at % 4]} it on day {at}" for at in range(count)]
    others = [Example(f"the {talk[at % 4]} of day {at}") for at in range(count)]
    return [*examples_of("fire", about_fire), *others]


def fire_head(model: CountingModel) -> MeaningHead:
    """A head that counts the words of FIRE, less those of TALK; one is enough."""
    fire, talk = model.embed([FIRE, TALK])
    weights = [one - other for one, other in zip(fire, talk, strict=True)]
    return MeaningHead(Plane(weights, 0.0), threshold=1.0, positives=20)


def reader_of(rulebook: Rulebook) -> Reader:
    """A reader whose head `fire` of the pack `pack` knows the words of FIRE."""
    model = CountingModel(width=4096)
    heads = {("pack", "fire"): fire_head(model)}
    model.asked.clear()
    return Reader(make_reader_rulebook(rulebook), model, heads)


def texts_read(reader: Reader) -> list[str]:
    """What the fake model was asked."""
    assert isinstance(reader.model, CountingModel)
    return reader.model.asked
