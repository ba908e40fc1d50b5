"""To whom a sentence refers that the one before it names: *he*, *the group*, *the two*."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from services.matcher.domain.languages.grammar import Grammar
from services.matcher.domain.languages.known import LANGUAGES, find_grammar
from services.matcher.domain.languages.references import Words, join_references
from services.matcher.domain.says.actors import Actor, find_actors
from services.matcher.domain.says.parties import are_related
from services.matcher.domain.says.sentence import NamedMember, Sentence
from services.matcher.domain.text.report_words import WordRange

_REFERENCES = join_references(language.grammar.references for language in LANGUAGES.values())
_LATEST = 14
"""Words before a reference: one that stands later has somebody nearer to refer to."""
_LONGEST = max(map(len, _REFERENCES.to_one | _REFERENCES.to_two), default=0)
REFERRING_WORDS = _LATEST + _LONGEST + 1
"""So many words of a sentence are looked at."""
_TWO = 2


@dataclass(frozen=True, slots=True)
class Antecedents:
    """The sentence before; `parents` has whom a member belongs to."""

    sentence: Sentence
    parents: Mapping[str, str]

    def find_one(self, *, by_subject: bool = False) -> str | None:
        """The member whom the sentence is about: who acts in it first, if no other acts in it.

        `by_subject`: other members may act too if it begins with him, and reports no words.
        """
        actors = [actor for actor in self._actors() if self._acts(actor)]
        first = actors[0].member if actors else ""
        alone = all(self._are_one(first, actor) for actor in actors)
        return first if first and (alone or (by_subject and self._is_subject(actors))) else None

    def _is_subject(self, actors: Sequence[Actor]) -> bool:
        words, grammar = self.sentence.words, self._grammar
        begins = (grammar.articles | grammar.ranks).issuperset(words[: actors[0].words.start])
        alone = all(actor.member for actor in actors)
        return begins and alone and grammar.reports.isdisjoint(words)

    def find_two(self) -> tuple[str, ...]:
        """The two members whom the sentence names; empty if it names more, fewer, or others."""
        parties = list[str]()
        for actor in self._actors():
            if not actor.member and not actor.governed:
                return ()
            known = any(self._are_one(member, actor) for member in parties)
            if actor.member and not known:
                parties.append(actor.member)
        return tuple(parties) if len(parties) == _TWO else ()

    def _actors(self) -> Sequence[Actor]:
        return find_actors(self.sentence, self._grammar).all

    @property
    def _grammar(self) -> Grammar:
        return find_grammar(self.sentence.language)

    def _acts(self, actor: Actor) -> bool:
        start = actor.words.start
        before = self.sentence.words[max(0, start - 1) : start]
        return not actor.governed and _REFERENCES.beside.isdisjoint(before)

    def _are_one(self, member: str, actor: Actor) -> bool:
        return bool(actor.member) and are_related(member, actor.member, self.parents)


def find_referred(
    words: Sequence[str],
    named: Collection[NamedMember],
    read_before: Callable[[], Antecedents],
) -> tuple[NamedMember, ...]:
    """The members to whom a sentence refers by its first words, and which words do.

    Nobody is named before these. Only if they refer the sentence before is read.
    """
    if _REFERENCES.firsts.isdisjoint(words):
        return ()
    first = min((each.words.start for each in named), default=len(words))
    for place in _find_places(words, first):
        if tuple(words[place.start : place.end]) in _REFERENCES.to_two:
            return tuple(_name_two(read_before().find_two(), place))
        by_subject = words[place.start] in _REFERENCES.pronouns
        member = read_before().find_one(by_subject=by_subject)
        return (NamedMember(member, place),) if member else ()
    return ()


def _find_places(words: Sequence[str], last: int) -> Iterator[WordRange]:
    """Where a reference stands, the longest of each place; none that goes on in a name."""
    for at in range(min(_LATEST, last)):
        if words[at] not in _REFERENCES.firsts:
            continue
        for end in range(min(at + _LONGEST, last), at, -1):
            phrase: Words = tuple(words[at:end])
            refers = phrase in _REFERENCES.to_one or phrase in _REFERENCES.to_two
            if refers and end != last and _REFERENCES.others.isdisjoint(words[end : end + 1]):
                yield WordRange(at, end)
                break


def _name_two(members: Sequence[str], place: WordRange) -> Iterator[NamedMember]:
    """Both members, each at words of his own."""
    bounds = (place.start, place.start + 1, place.end)
    for member, start, end in zip(members, bounds[:-1], bounds[1:], strict=False):
        yield NamedMember(member, WordRange(start, end))
