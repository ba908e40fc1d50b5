"""Reports with as many words of lists, and as many names of watched members, as real news has.

They are those of `bench.reports`, where some words are replaced by words of the lists of
`rules/core`, in the shares of `bench.news_statistics`. A vocabulary has part of them already.
"""

import json
import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate

from bench.language import Language
from bench.news_statistics import BY_LIST, LANGUAGES, LISTED, NAMING, core_index
from bench.reports import Tongues, reports
from services.matcher.domain.text.fold import fold

_LETTERS = ("abcdefghijklmnopqrstuvwxyz", "ابتثجحخدذرزسشصضطظعغفقكلمنهوي")


class ListWords:
    """The words of lists in one language, drawn as often as news has each list."""

    def __init__(self, language: str, vocabulary: Language) -> None:
        number, (index, names) = LANGUAGES.index(language), core_index()
        self._of_list = _words_by_list(index, names, _LETTERS[number])
        self._lists = list(self._of_list)
        self._reach = list(accumulate(BY_LIST[name][number] for name in self._lists))
        listed = vocabulary.share(lambda word: fold(word).strip() in index)
        self._replaced = (LISTED[language] - listed) / (1 - listed)

    def replace_some(self, words: Sequence[str], dice: random.Random) -> Iterator[str]:
        """The words with as many of lists among them as news has."""
        for word in words:
            yield self._draw(dice) if dice.random() < self._replaced else word

    def _draw(self, dice: random.Random) -> str:
        (name,) = dice.choices(self._lists, cum_weights=self._reach)
        return dice.choice(self._of_list[name])


def news_like_reports(
    known: Tongues, count: int, length: int, watched: Sequence[str]
) -> list[bytes]:
    """`count` reports of some `length` characters each, as JSON; `watched` are names."""
    dice = random.Random(f"news {length}")  # noqa: S311  (the same material in every run, no secret)
    words = {"en": ListWords("en", known.english), "ar": ListWords("ar", known.arabic)}
    bodies = map(json.loads, reports(known, count, length))
    made = (_as_news(body, words[body["language"]], watched, dice) for body in bodies)
    return [json.dumps(body, ensure_ascii=False).encode() for body in made]


def _as_news(
    body: dict[str, str], words: ListWords, watched: Sequence[str], dice: random.Random
) -> dict[str, str]:
    length = len(body["text"])
    title, text = (
        list(words.replace_some(body[field].split(), dice)) for field in ("title", "text")
    )
    naming = NAMING[length]
    if dice.random() < naming.reports:
        for _ in range(_spread(naming.names, dice)):
            text[dice.randrange(_whole(text, length))] = dice.choice(watched)
    return {**body, "title": " ".join(title), "text": " ".join(text)[:length]}


def _whole(text: Sequence[str], length: int) -> int:
    """How many of the words surely stand within the length."""
    ends = accumulate(len(word) + 1 for word in text)
    return max(1, sum(end <= length * 0.9 for end in ends))


def _spread(mean: float, dice: random.Random) -> int:
    """A number from 1 with this mean, seldom a large one."""
    number = 1
    while dice.random() > 1 / mean:
        number += 1
    return number


def _words_by_list(
    index: Mapping[str, tuple[str, ...]], names: Mapping[str, str], letters: str
) -> dict[str, list[str]]:
    """The words of each list that begin with one of the letters."""
    of_list: defaultdict[str, list[str]] = defaultdict(list)
    for word in sorted(index):
        if word[0] in letters:
            for key in index[word]:
                of_list[names[key]].append(word)
    return of_list
