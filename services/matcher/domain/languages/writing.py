"""How a language is written: its letters, the ends of its sentences, what it writes in one word.

A language is read before it is known which one it is. So all languages fold alike, and a field
here says what one of them adds. A field that a language has no use for stays empty.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

NO_WORDS: frozenset[str] = frozenset()
NEVER = re.compile("(?!)")

RewriteText = Callable[[str], str]
"""Gives a text of the same length, in which an index is one of the text as written. Pure."""
AttachPrefixes = Callable[[str], tuple[str, ...]]
"""Gives the folded forms of a folded name behind what its language writes in one word with it."""


def as_written(words: str) -> tuple[str, ...]:
    """The name alone: nothing is written in one word with it."""
    return (words,)


@dataclass(frozen=True, slots=True)
class Writing:
    """How one language is written. Words are folded, single characters are as written."""

    letters: re.Pattern[str] = NEVER
    """One letter of its script, folded. Languages may share a script."""
    tells: re.Pattern[str] = NEVER
    """A word by which this language is told from another in the same letters."""
    guest_of: str = ""
    """The code of another language in whose letters it is written.

    Words are read in this one only where more of them tell it than tell the other one.
    """
    alphabet: str = ""
    """The characters beside ASCII that most of its texts have: they are folded the fast way."""
    letter_forms: Mapping[str, str] = field(default_factory=dict, hash=False)
    """What a character folds to where Unicode does not take it apart (`ی` to `ي`)."""
    mark_capitals: RewriteText | None = None
    """Rewrites what folding to lower case would make another word (`US`); None: nothing."""
    possessive: str = ""
    """What is dropped from the end of a word, behind an apostrophe."""

    sentence_ends: str = ""
    """Characters of which a run ends a sentence, beside `.!?…`."""
    commas: str = ""
    """Its commas, beside `,`."""
    stops: str = ""
    """Its semicolons, beside `;`."""
    abbreviations: frozenset[str] = NO_WORDS
    """With a full stop these do not end a sentence."""
    before_numbers: frozenset[str] = NO_WORDS
    """An abbreviation only where a number follows: else a word, or the end of a date."""
    openers: frozenset[str] = NO_WORDS
    """With a capital behind an abbreviation of letters (`U.S.`) these open the next sentence."""

    attach_prefixes: AttachPrefixes = as_written
    attach_conjunctions: AttachPrefixes = as_written
    """The folded forms of any word behind conjunctions that are written in one word with it."""
    prefixes: tuple[str, ...] = ()
    """What is written in one word before a noun without article, the empty one too."""
    function_words: Mapping[str, frozenset[str]] = field(default_factory=dict, hash=False)
    """The folded words of its grammar, each with how it is written: no form of another word."""
    common_words: str = ""
    """The words that its reports are full of, the commonest first."""


def word_set(words: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(words.split())
