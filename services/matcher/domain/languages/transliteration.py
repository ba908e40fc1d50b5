"""How the names of a language are spelled in Latin script: the classes of letters, as data.

A class is what is written for the same sound. Words are in lower case; an apostrophe is a letter
that Latin script lacks.
"""

import re
from dataclasses import dataclass

LetterClass = tuple[re.Pattern[str], tuple[str, ...]]
"""A pattern of what is written for a sound, and its spellings; without any it has its own."""


@dataclass(frozen=True, slots=True, eq=False)
class Transliteration:
    """The spellings of one language's names."""

    plain_articles: tuple[str, ...]
    """Before a hyphen or a space these are an article, if the name has a word behind them."""
    joined_articles: tuple[str, ...]
    """Of these, those that are written in one word with the name too."""
    alike_article: re.Pattern[str]
    """An article that is one only before a hyphen: `as` and `at` are words too."""
    assimilated: re.Pattern[str]
    """The letters before which the article sounds like them: `as-Sadr`, `ash-Shuhada`."""
    small_before_hyphen: re.Pattern[str]
    """What stands small before a hyphen in a name's word: the word is written as a name."""
    classes: tuple[LetterClass, ...]
    """The first that fits at a place of a word is taken; the last fits everywhere."""
    words: tuple[frozenset[str], ...]
    """Words whose spellings differ by more than classes say; any of them matches all."""
    servants: frozenset[str]
    """With the word behind it one name: `Abdul-Mahdi`, `Abd al-Mahdi`, `Abdelmahdi`."""
    servant_articles: tuple[str, ...]
    """How that is written with the article as a word of its own."""
    markers: frozenset[str]
    """A name with one of these words, or with an article, is one of the language."""
    as_written: frozenset[str]
    """Other words in such names: they have one spelling, and mark nothing."""
    script: tuple[tuple[re.Pattern[str], str], ...]
    """What folded words in the language's own script are written as too."""
