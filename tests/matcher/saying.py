"""Sentences and statements over word lists made by hand, so that no rule pack is needed."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from services.matcher.domain.says.cut_sentences import SentenceText, cut_sentences
from services.matcher.domain.says.outcomes import PartOutcome
from services.matcher.domain.says.parse_parts import PartParser
from services.matcher.domain.says.scene import Scene, make_scene
from services.matcher.domain.says.sentence import NamedMember, Sentence
from services.matcher.domain.says.statement import Statement, read_if_said, read_statement
from services.matcher.domain.text.fold import fold
from services.matcher.domain.text.report_words import WordRange

Words = tuple[str, ...]


@dataclass(frozen=True)
class FakeLists:
    """Word lists by name, and names by member; `parents` has what a member belongs to."""

    words: Mapping[str, Iterable[str]]
    names: Mapping[str, Iterable[str]]
    members: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def parse(self, *parts: str, asserted: bool = True) -> Statement:
        """The statement of these parts."""
        parser = PartParser(self.members, lambda text: text, _find_items)
        return Statement(parser.parse(parts), asserted)

    def scenes(self, text: str) -> Iterator[Scene]:
        """The sentences of a text."""
        for cut in cut_sentences(text, fold(text)):
            yield make_scene(self._sentence(tuple(cut.words.split()), cut))

    def _sentence(self, words: Words, cut: SentenceText) -> Sentence:
        lists = {name: tuple(_find(words, entries)) for name, entries in self.words.items()}
        named = {
            place: member for member, names in self.names.items() for place in _find(words, names)
        }
        longest = [
            NamedMember(member, place)
            for place, member in sorted(named.items())
            if not any(_is_inside(place, other) for other in named)
        ]
        language = "ar" if any("ء" <= letter <= "ي" for letter in "".join(words)) else "en"
        phrases = _FakePhrases(words, lists)
        return Sentence(words, language, lists, phrases, longest, *cut.marks, cut.mark)


def _find(words: Words, phrases: Iterable[str]) -> Iterator[WordRange]:
    wanted = {tuple(fold(phrase).split()) for phrase in phrases}
    longest = max(map(len, wanted), default=0)
    for start in range(len(words)):
        for end in range(start + 1, min(len(words), start + longest) + 1):
            if words[start:end] in wanted:
                yield WordRange(start, end)


def _find_items(looked: object) -> tuple[str, ...]:
    return tuple(re.split(r" ~\d+ ", str(looked)))


def _is_inside(place: WordRange, other: WordRange) -> bool:
    return place != other and other.start <= place.start and place.end <= other.end


class _FakePhrases(dict[object, tuple[WordRange, ...]]):
    """Finds `%list%`, plain words, and `%one% ~N %other%`."""

    def __init__(self, words: Words, lists: Mapping[str, tuple[WordRange, ...]]) -> None:
        super().__init__()
        self._words, self._lists = words, lists

    def __missing__(self, looked: object) -> tuple[WordRange, ...]:
        first, *others = str(looked).split(" ~")
        places = self._find(first)
        for other in others:
            most, item = other.split(" ", 1)
            places = tuple(
                WordRange(before.start, after.end)
                for before in places
                for after in self._find(item)
                if 0 <= after.start - before.end <= int(most)
            )
        return places

    def _find(self, item: str) -> tuple[WordRange, ...]:
        if item.startswith("%"):
            names = item.strip("%").split("|")
            return tuple(sorted(place for name in names for place in self._lists[name]))
        return tuple(_find(self._words, [item]))


def says(lists: FakeLists, text: str, *parts: str) -> bool:
    """Whether a sentence of the text says all parts."""
    statement = lists.parse(*parts)
    return any(is_said(statement, scene) for scene in lists.scenes(text))


def is_said(statement: Statement, scene: Scene) -> bool:
    """Whether a sentence says all parts of a statement."""
    return read_if_said(statement, scene) is not None


def outcomes(lists: FakeLists, text: str, *parts: str) -> tuple[PartOutcome, ...]:
    """What becomes of each part in the text's only sentence."""
    (scene,) = lists.scenes(text)
    return read_statement(lists.parse(*parts), scene)
