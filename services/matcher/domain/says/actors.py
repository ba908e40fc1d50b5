"""Who acts in a sentence: members of lists, and others who stand between a member and an act."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter

from services.matcher.domain.languages.grammar import Grammar
from services.matcher.domain.says.sentence import Sentence
from services.matcher.domain.text.report_words import WordRange

OTHER_ACTOR = "other_actor"
"""The word list of those who act and are in no list of members."""
_MOST_BETWEEN = 4


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody named in a sentence; `member` is empty for one who is in no list.

    `governed`: after a preposition, as *KH* in *talks with KH*, or part of another word, as *Iran*
    in *Iran-backed*: no doer of what follows.
    """

    words: WordRange
    member: str
    governed: bool


@dataclass(frozen=True, slots=True)
class Actors:
    """Everybody named in a sentence, in order."""

    all: tuple[Actor, ...]

    def before(self, index: int) -> Sequence[Actor]:
        """Those whose name ends before the word, in order."""
        return [actor for actor in self.all[: self._first_at(index)] if actor.words.end <= index]

    def after(self, index: int) -> Sequence[Actor]:
        """Those whose name begins at the word or behind it, in order."""
        return self.all[self._first_at(index) :]

    def _first_at(self, index: int) -> int:
        return bisect_left(self.all, index, key=attrgetter("words.start"))


def find_actors(sentence: Sentence, grammar: Grammar) -> Actors:
    """Everybody named; of an other actor inside the name of a member only the member.

    A rank before a name is no other actor: `the cleric Moqtada al-Sadr`.
    """
    named = {words: member for member, words in sentence.members}
    others = [
        words
        for words in sentence.places(OTHER_ACTOR)
        if not any(_overlap(words, known) for known in named)
        and not _is_rank(words, named, sentence, grammar)
    ]
    places = sorted((*named, *others))
    return Actors(tuple(_actors(places, named, sentence, grammar)))


def _actors(
    places: list[WordRange], named: dict[WordRange, str], sentence: Sentence, grammar: Grammar
) -> Iterator[Actor]:
    """The actors; who is joined with a governed one is governed too."""
    before: Actor | None = None
    for place in places:
        actor = Actor(place, named.get(place, ""), _is_governed(place, sentence, grammar))
        if before is not None and before.governed and not actor.governed:
            between = sentence.words[before.words.end : place.start]
            with_it = not grammar.joins.isdisjoint(between)
            with_it = with_it and are_joined(before, actor, sentence, grammar)
            actor = replace(actor, governed=with_it)
        before = actor
        yield actor


def _is_governed(place: WordRange, sentence: Sentence, grammar: Grammar) -> bool:
    """Whether a preposition stands before the name, its article and its rank."""
    words, loose = sentence.words, grammar.articles | grammar.ranks
    if place.start in sentence.hyphens or place.end in sentence.hyphens:
        return True
    if grammar.governed.match(words[place.start]):
        return True
    if not grammar.object_marks.isdisjoint(words[place.end : place.end + 1]):
        return True
    at = place.start - 1
    while at >= max(0, place.start - _MOST_BETWEEN) and words[at] in loose:
        at -= 1
    return at >= 0 and words[at] in grammar.governs and not _parted(at + 1, place.start, sentence)


def _is_rank(
    place: WordRange, named: Iterable[WordRange], sentence: Sentence, grammar: Grammar
) -> bool:
    """Whether the words are the rank of a member whose name follows."""
    ranks = grammar.ranks.issuperset(sentence.words[place.start : place.end])
    return ranks and any(
        place.end == known.start and not _parted(place.end, known.start, sentence)
        for known in named
    )


def _parted(first: int, last: int, sentence: Sentence) -> bool:
    return not sentence.breaks.isdisjoint(range(first, last + 1))


def are_joined(first: Actor, second: Actor, sentence: Sentence, grammar: Grammar) -> bool:
    """Whether two names are parts of one subject: `KH and the leader of Badr`, `KH, Badr`."""
    start, end = first.words.end, second.words.start
    between = sentence.words[start:end]
    if len(between) > _MOST_BETWEEN or not grammar.joining.issuperset(between):
        return False
    return not grammar.joins.isdisjoint(between) or (start in sentence.commas and not between)


def are_apposed(first: Actor, second: Actor, sentence: Sentence, grammar: Grammar) -> bool:
    """Whether one name says more of the other: `Badr leader Hadi al-Ameri`."""
    start, end = first.words.end, second.words.start
    between = sentence.words[start:end]
    parted = not sentence.breaks.isdisjoint(range(start, end + 1))
    members = first.member and second.member and not parted
    return bool(members) and len(between) <= _MOST_BETWEEN and grammar.ranks.issuperset(between)


def _overlap(first: WordRange, second: WordRange) -> bool:
    return first.start < second.end and second.start < first.end
