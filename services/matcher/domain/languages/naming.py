"""How a language names organisations: by capitals, by an article, or by words that introduce them.

Names are looked for before it is known which language a report is in, so words of all languages
are looked for together. They are folded, as far as no field says otherwise; a field that a
language has no use for stays empty.
"""

from dataclasses import dataclass

from services.matcher.domain.languages.writing import NO_WORDS


@dataclass(frozen=True, slots=True)
class Claims:
    """How a report introduces a name that it takes for unknown (*a new group calling itself*).

    `itself` and `given` are regular expressions over the text as written, without case; a name
    stands right behind. Behind `given` it counts only if one of `groups` came before. `leads` are
    words that may stand before it. `some`: a group described so is a new one. A text without one
    of the `cues` introduces no name.
    """

    itself: str = "(?!)"
    given: str = "(?!)"
    leads: tuple[str, ...] = ()
    groups: frozenset[str] = NO_WORDS
    some: frozenset[str] = NO_WORDS
    cues: frozenset[str] = NO_WORDS


@dataclass(frozen=True, slots=True)
class Naming:
    """How one language names organisations.

    `trailing_heads` and `leading_heads` are head nouns as a pack writes them (`brigade*`): what
    tells one organisation from others stands before them (*Badr Brigades*) or behind (*Harakat
    al-Nujaba*).

    In a script with capitals: `never`, with a capital these only open a sentence. `generic`: with
    no other word a head noun names nothing (*Ruling Party*). `within`: written small inside a
    name. `joins` with an `article` go on after it (*of the Righteous*). `small` stay small in the
    one spelling of a name; `function` are small in headlines too.

    In a script without capitals: names are told by `definite`, how the article begins a word. No
    name goes on over one of `stops`; before one of `common` a head noun means itself.
    """

    trailing_heads: tuple[str, ...] = ()
    leading_heads: tuple[str, ...] = ()
    never: frozenset[str] = NO_WORDS
    generic: frozenset[str] = NO_WORDS
    within: frozenset[str] = NO_WORDS
    joins: frozenset[str] = NO_WORDS
    article: frozenset[str] = NO_WORDS
    small: frozenset[str] = NO_WORDS
    function: frozenset[str] = NO_WORDS
    definite: tuple[str, ...] = ()
    stops: frozenset[str] = NO_WORDS
    common: frozenset[str] = NO_WORDS
    claims: Claims = Claims()
