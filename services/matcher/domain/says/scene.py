"""A sentence with its grammar and everybody named in it: read once for all rules."""

from collections.abc import Hashable
from dataclasses import dataclass, field

from services.matcher.domain.languages.grammar import Grammar
from services.matcher.domain.languages.known import find_grammar
from services.matcher.domain.says.actors import Actor, Actors, find_actors
from services.matcher.domain.says.sentence import Sentence
from services.matcher.domain.text.report_words import WordRange


@dataclass(frozen=True, slots=True)
class Scene:
    """A sentence as its language reads it.

    `acts` keeps where the act of a part stands, `doers` who does the act at a place, once found.
    """

    sentence: Sentence
    grammar: Grammar
    actors: Actors
    acts: dict[Hashable, tuple[WordRange, ...]] = field(default_factory=dict, compare=False)
    doers: dict[WordRange, tuple[Actor, ...]] = field(default_factory=dict, compare=False)

    @property
    def words(self) -> tuple[str, ...]:
        """The words of the sentence."""
        return self.sentence.words

    @property
    def is_question(self) -> bool:
        """Whether the sentence asks, by its mark or how it begins, and so says nothing."""
        if self.sentence.mark in self.grammar.questions:
            return True
        first = self.words[0] if self.words else ""
        if first in self.grammar.inverted_questions:
            return self.has_subject(1)
        return first in self.grammar.asks

    def has_subject(self, at: int) -> bool:
        """Whether somebody is named at the word, or it begins to say who."""
        begins = self.words[at : at + 1]
        return not self.grammar.subjects.isdisjoint(begins) or any(
            actor.words.start == at for actor in self.actors.all
        )

    def has_break(self, first: int, last: int) -> bool:
        """Whether a comma or the like stands before one of these words, the last included."""
        return not self.sentence.breaks.isdisjoint(range(first, last + 1))

    def is_name(self, words: WordRange) -> bool:
        """Whether the words are part of a name, or joined to one (`Iran-backed`), and so no act."""
        return self.is_joined(words) or any(
            named.start <= words.start and words.end <= named.end
            for _, named in self.sentence.members
        )

    def is_joined(self, words: WordRange) -> bool:
        """Whether a hyphen joins the words to a name or in one: `Iran-backed` backs nobody."""
        if words.start not in self.sentence.hyphens:
            return False
        describes = self.words[words.start] in self.grammar.describes
        return any(
            words.start == named.end or (describes and named.start < words.start < named.end)
            for _, named in self.sentence.members
        )


def make_scene(sentence: Sentence) -> Scene:
    """The sentence as its language reads it; one of an unknown language has words alone."""
    grammar = find_grammar(sentence.language)
    return Scene(sentence, grammar, find_actors(sentence, grammar))
