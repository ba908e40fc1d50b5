"""How a language refers to somebody whom the sentence before names."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain

from services.matcher.domain.languages.writing import NO_WORDS

Words = tuple[str, ...]
NO_PHRASES: frozenset[Words] = frozenset()


@dataclass(frozen=True, slots=True)
class References:
    """The folded words that stand for who is named before them; all fields may be empty.

    `to_one` stand for the one whom a sentence is about (`he`, `the group`, `its leader`), `to_two`
    for both of the two that it names (`the two`): two words or more. Those that begin with one of
    `pronouns` (`his office`) stand for its subject, whoever else it names. Before one of `others`
    they mean somebody else (`the leader of`). Behind one of `beside` stands nobody whom a sentence
    is about (`by Badr`).
    """

    to_one: frozenset[Words] = NO_PHRASES
    to_two: frozenset[Words] = NO_PHRASES
    pronouns: frozenset[str] = NO_WORDS
    others: frozenset[str] = NO_WORDS
    beside: frozenset[str] = NO_WORDS
    firsts: frozenset[str] = field(init=False, repr=False)
    """The first words of the phrases."""

    def __post_init__(self) -> None:
        firsts = frozenset(words[0] for words in self.to_one | self.to_two)
        object.__setattr__(self, "firsts", firsts)


def phrases(*choices: str) -> frozenset[Words]:
    """Each phrase that takes one word of each choice, in order; `-` is no word."""
    return frozenset(_combine([choice.split() for choice in choices]))


def _combine(choices: list[list[str]]) -> Iterator[Words]:
    if not choices:
        yield ()
        return
    for word in choices[0]:
        for others in _combine(choices[1:]):
            yield others if word == "-" else (word, *others)


def join_references(languages: Iterable[References]) -> References:
    """The references of all these languages, which no word has in common."""
    joined = [*languages]
    return References(
        to_one=frozenset(chain.from_iterable(each.to_one for each in joined)),
        to_two=frozenset(chain.from_iterable(each.to_two for each in joined)),
        pronouns=frozenset(chain.from_iterable(each.pronouns for each in joined)),
        others=frozenset(chain.from_iterable(each.others for each in joined)),
        beside=frozenset(chain.from_iterable(each.beside for each in joined)),
    )
