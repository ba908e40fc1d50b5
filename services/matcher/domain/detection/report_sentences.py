"""The sentences of a report as `says` reads them: cut once, and only those read that are asked."""

from collections.abc import (
    Callable,
    Collection,
    Hashable,
    Iterable,
    Iterator,
    KeysView,
    Mapping,
    Sequence,
)
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cached_property, partial
from itertools import chain
from operator import itemgetter

from services.matcher.domain.detection.mentions import MemberMention
from services.matcher.domain.detection.report_cuts import Cuts, cut_report, find_named_members
from services.matcher.domain.detection.sentence_readings import SentenceReadings
from services.matcher.domain.languages.known import LANGUAGES
from services.matcher.domain.says.actors import OTHER_ACTOR
from services.matcher.domain.says.belongings import OWN
from services.matcher.domain.says.cues import CUES, NO_CUE
from services.matcher.domain.says.parties import Parties
from services.matcher.domain.says.parts import Group
from services.matcher.domain.says.references import (
    REFERRING_WORDS,
    Antecedents,
    find_referred,
)
from services.matcher.domain.says.scene import Scene, make_scene
from services.matcher.domain.says.sentence import CLAUSE_BREAK, NamedMember, Sentence
from services.matcher.domain.text.report_words import SentenceWords, WordRange
from services.matcher.domain.text.scan import ScanResult, WordSpan
from services.matcher.domain.text.sentence_language import MOST_LOOKED_AT, find_language
from services.matcher.domain.words.finder import WordFinder
from services.matcher.domain.words.word_list import BoundPattern, IndexedList

GRAMMAR_LISTS = (*CUES, CLAUSE_BREAK, NO_CUE, OTHER_ACTOR, OWN)
"""The word lists that a sentence is read with; a pack that lacks one does without it."""
DESCRIBING = frozenset[str]().union(
    *(language.grammar.describes for language in LANGUAGES.values())
)

NOBODY_DESCRIBING = frozenset[WordRange]()

Phrases = Mapping[Hashable, Sequence[WordRange]]
"""The places of phrases in a sentence."""
Numbers = Collection[int]
"""The numbers of sentences of a report, in order, in which looking for one costs little."""


@dataclass(frozen=True, slots=True)
class ReportWordsFound:
    """What is found in the words of a report: word lists, and members; whom these belong to."""

    scan: ScanResult
    lists: Mapping[str, IndexedList]
    mentions: Callable[[], Iterable[MemberMention]]
    language: str | None = None
    parents: Mapping[str, str] = field(default_factory=dict)


class ReportSentences:
    """The sentences of title and text in order; a title is a sentence.

    They are cut when the first is asked for, and each is searched by itself when it is. What is
    the same for all rules is computed once. `readings` are kept for each test.
    """

    def __init__(self, found: ReportWordsFound) -> None:
        self._found = found
        self.readings: dict[Hashable, SentenceReadings] = {}
        self._finders: dict[int, WordFinder] = {}
        self._scenes: dict[int, Scene] = {}
        self._namings: dict[str, Numbers] = {}
        self._keys: dict[int, KeysView[str]] = {}
        self._described: dict[int, frozenset[WordRange]] = {}
        self._phrases: dict[int, Phrases] = {}

    @cached_property
    def _cuts(self) -> Cuts:
        return cut_report(self._found.scan)

    def __len__(self) -> int:
        return len(self._cuts.sentences)

    def field_of(self, number: int) -> str:
        """The field that holds the sentence."""
        return self._cuts.fields[number]

    def raw(self, number: int) -> str:
        """The sentence as it is written; a piece of a long one is the whole of it."""
        return self._cuts.sentences[number].raw

    def finder(self, number: int) -> WordFinder:
        """Finds in the words of the sentence."""
        finder = self._finders.get(number)
        if finder is None:
            finder = self._finders[number] = WordFinder(
                SentenceWords(self._cuts.sentences[number].words.split()),
                partial(self._find_named, number),
                self._found.scan.index,
                reported=self._language,
            )
        return finder

    @cached_property
    def _language(self) -> str:
        """The language that the report names, else that of its first words."""
        return self._found.language or find_language(self._first_words(), None)

    def _first_words(self) -> Sequence[str]:
        return self._found.scan.folded.split(None, MOST_LOOKED_AT)[:MOST_LOOKED_AT]

    def _find_named(self, number: int, members: frozenset[str]) -> Iterator[WordRange]:
        for name in self._members.get(number, ()):
            if name.member in members and name.words not in self._describing(number):
                yield name.words

    def naming(self, group: Group) -> Numbers:
        """The sentences that name one of the group; nothing is cut if the report names nobody.

        Rules that ask for the same lists of members share the answer.
        """
        numbers = self._namings.get(group.text)
        if numbers is None:
            numbers = self._namings[group.text] = self._find_naming(group.counted.keys())
        return numbers

    def naming_each(self, groups: Sequence[Group]) -> Iterable[int]:
        """The sentences that name one of each group, in order."""
        first, *others = map(self.naming, groups)
        return first if not others else [n for n in first if all(n in each for each in others)]

    def keys(self, number: int) -> KeysView[str]:
        """The keys of the word lists of which the sentence may hold something."""
        keys = self._keys.get(number)
        if keys is None:
            keys = self._keys[number] = self.finder(number).triggers.keys()
        return keys

    def may_hold(self, number: int, keys_of_parts: Iterable[AbstractSet[str]]) -> bool:
        """Whether the sentence may hold a word list of each of these sets of keys."""
        has_none_of = self.keys(number).isdisjoint
        for keys in keys_of_parts:  # noqa: SIM110  (a generator costs more than the look)
            if has_none_of(keys):
                return False
        return True

    def _find_naming(self, group: AbstractSet[str]) -> Numbers:
        if group.isdisjoint(self._named):
            return frozenset()
        naming = (
            number
            for number, named in self._members.items()
            if any(mention.member in group for mention in named)
        )
        return dict.fromkeys(naming)

    def holding(self, keys_of_parts: Iterable[AbstractSet[str]]) -> Sequence[int]:
        """The sentences that may hold a word list of each of these sets of keys."""
        numbers: set[int] = set(range(len(self)))
        for keys in keys_of_parts:
            holding = (self._by_key[key] for key in self._by_key.keys() & keys)
            numbers.intersection_update(chain.from_iterable(holding))
        return sorted(numbers)

    @cached_property
    def _by_key(self) -> Mapping[str, Sequence[int]]:
        """The sentences that may hold each word list, by its key."""
        by_key: dict[str, list[int]] = {}
        for number in range(len(self)):
            for key in self.keys(number):
                by_key.setdefault(key, []).append(number)
        return by_key

    def _describing(self, number: int) -> frozenset[WordRange]:
        """The names that a hyphen joins to what only describes others (`Iran-backed`)."""
        places = self._described.get(number)
        if places is None:
            places = self._described[number] = frozenset(self._find_describing(number))
        return places

    def _find_describing(self, number: int) -> Iterable[WordRange]:
        words = self.finder(number).words.words
        named = [name.words for name in self._members.get(number, ())]
        near = [place for place in named if not DESCRIBING.isdisjoint(words[place.end :][:1])]
        hyphens = self._cuts.sentences[number].marks.hyphens if near else ()
        return (place for place in near if place.end in hyphens)

    @cached_property
    def _named(self) -> frozenset[str]:
        """Who is named anywhere."""
        return frozenset(mention.member for mention in self._found.mentions())

    @cached_property
    def _members(self) -> Mapping[int, Sequence[NamedMember]]:
        """Who is named, by sentence, in order; and to whom the words after a naming one refer."""
        members = dict(self._by_name)
        for number in self._by_name:
            following = self._cuts.following(number)
            if following is None:
                continue
            if referred := self._find_referred(number, following):
                named = (*self._by_name.get(following, ()), *referred)
                members[following] = sorted(named, key=itemgetter(1))
        return members if len(members) == len(self._by_name) else dict(sorted(members.items()))

    def _find_referred(self, number: int, following: int) -> Sequence[NamedMember]:
        """Those named in the sentence to whom the first words of the following one refer."""
        words = self._cuts.sentences[following].words.split(None, REFERRING_WORDS)
        named = self._by_name.get(following, ())
        return find_referred(words[:REFERRING_WORDS], named, lambda: self._antecedents(number))

    def _antecedents(self, number: int) -> Antecedents:
        sentence = self._make_sentence(number, self._by_name[number], {}, NOBODY_DESCRIBING)
        return Antecedents(sentence, self._found.parents)

    @cached_property
    def _by_name(self) -> Mapping[int, Sequence[NamedMember]]:
        """Who is named, by sentence, in order."""
        return find_named_members(self._cuts, self._found.mentions())

    def scene(self, number: int) -> Scene:
        """The sentence of this number, read."""
        scene = self._scenes.get(number)
        if scene is None:
            scene = self._scenes[number] = make_scene(self._sentence(number))
        return scene

    def phrases(self, number: int) -> Phrases:
        """Where the phrases of rules stand in the sentence; looked for when they are asked for."""
        phrases = self._phrases.get(number)
        if phrases is None:
            parties = Parties(self._members.get(number, ()), self._found.parents)
            phrases = self._phrases[number] = _FoundPhrases(self.finder(number), parties)
        return phrases

    def span(self, number: int, place: WordRange) -> WordSpan:
        """The words of a sentence in the folded texts."""
        before, words = self._cuts.starts[number] + 1, self.finder(number).words.words
        first = before + len(" ".join((*words[: place.start], "")))
        return first, first + len(" ".join(words[place.start : place.end]))

    def _sentence(self, number: int) -> Sentence:
        named, phrases = self._members.get(number, ()), self.phrases(number)
        return self._make_sentence(number, named, phrases, self._describing(number))

    def _make_sentence(
        self,
        number: int,
        named: Sequence[NamedMember],
        phrases: Phrases,
        describing: frozenset[WordRange],
    ) -> Sentence:
        finder, text = self.finder(number), self._cuts.sentences[number]
        return Sentence(
            tuple(finder.words.words),
            finder.language,
            _ListPlaces(finder, self._found.lists),
            phrases,
            named,
            *text.marks,
            text.mark,
            describing,
        )


class _ListPlaces(dict[str, Sequence[WordRange]]):
    """The places of word lists in one sentence; most of them no rule asks for."""

    def __init__(self, finder: WordFinder, lists: Mapping[str, IndexedList]) -> None:
        super().__init__()
        self._finder, self._lists = finder, lists

    def __missing__(self, name: str) -> Sequence[WordRange]:
        listed = self._lists.get(name)
        places = self[name] = () if listed is None else self._finder.find_list(listed)
        return places


class _FoundPhrases(dict[Hashable, Sequence[WordRange]]):
    """The places of phrases in one sentence; two lists of members there name two parties."""

    def __init__(self, finder: WordFinder, parties: Parties) -> None:
        super().__init__()
        self._finder, self._parties = finder, parties

    def __missing__(self, looked: Hashable) -> Sequence[WordRange]:
        if not isinstance(looked, BoundPattern):
            raise KeyError(looked)
        places = self._finder.find_pattern(looked)
        if looked.names_several:
            places = [place for place in places if self._parties.are_several(place)]
        self[looked] = places
        return places
