"""Arabic letters and affixes, as the fold leaves them, and stems as they are written."""

import re
import unicodedata
from collections.abc import Mapping

from services.matcher.domain.languages.arabic.common_words import FUNCTION_WORDS, UNJOINED_WORDS

CONJUNCTIONS = ("", "و", "ف")
PREPOSITIONS = ("", "ب", "ك", "ل")
PRONOUNS = ("", "ه", "ها", "هم", "هما", "نا", "كم")
"""Endings that mean an object or an owner."""
PREFIXES = tuple(first + second for first in CONJUNCTIONS for second in PREPOSITIONS)
"""What is written in one word before a noun that has no article."""

LETTER_FORMS = {
    "ٱ": "ا", "ى": "ي", "ی": "ي", "ے": "ي", "ې": "ي", "ة": "ه", "ۃ": "ه", "ہ": "ه", "ھ": "ه",
    "ە": "ه", "ک": "ك", "ڪ": "ك", "ء": "", "ـ": "",
}  # fmt: skip
"""Those of other languages in the script too: channels write Arabic with Persian keyboards."""
_MARKS = re.compile("[\u064b-\u0652\u0670ـ]")
_ALEFS = "اأإآٱ"
_ARTICLE = "ال"
_SHORTEST_JOINED = 3
"""With a conjunction too many words of two letters are others: `وصل`, `فتح`."""


def bare(stem: str) -> str:
    """The stem without vowel signs and tatweel."""
    return _MARKS.sub("", stem)


def folded(letters: str) -> str:
    """The letters of one word as reports have them after folding."""
    parts = unicodedata.normalize("NFKD", letters)
    kept = (LETTER_FORMS.get(part, part) for part in parts if not unicodedata.combining(part))
    return "".join(kept)


def with_article(stem: str) -> tuple[str, ...]:
    """A folded stem with the article, behind each preposition: `للحزب`, `للجنة`."""
    after_lam = stem if stem.startswith("ل") else f"ل{stem}"
    return (f"ال{stem}", f"بال{stem}", f"كال{stem}", f"ل{after_lam}")


def without_alef(stem: str) -> str:
    """The stem without the alef that it begins with."""
    return stem[1:] if stem[:1] and stem[0] in _ALEFS else stem


def attach_prefixes(words: str) -> tuple[str, ...]:
    """The folded name behind conjunctions, prepositions and the article.

    So there is a form for each of those before the name, and before it without its own article.
    """
    name = words.removeprefix(_ARTICLE)
    forms = [head + words for head in PREFIXES]
    forms += [head + _article_behind(head) + name for head in PREFIXES]
    return tuple(dict.fromkeys(forms))


def _function_words() -> Mapping[str, frozenset[str]]:
    spelled = [frozenset(word.split("|")) for word in FUNCTION_WORDS.split()]
    return {
        head + folded(word): spellings.union(head + spelling for spelling in spellings)
        for spellings in spelled
        for word in spellings
        for head in CONJUNCTIONS
    }


FUNCTION_FORMS = _function_words()
"""The words of the grammar, folded, also behind conjunctions, each with how it is written."""


def attach_conjunctions(word: str) -> tuple[str, ...]:
    """The folded word, also behind each conjunction, unless that is another word (`واحد`)."""
    if len(word) < _SHORTEST_JOINED and word not in FUNCTION_FORMS:
        return (word,)
    forms = (head + word for head in CONJUNCTIONS)
    return tuple(form for form in forms if form == word or form not in UNJOINED_WORDS)


def _article_behind(head: str) -> str:
    """The article; after ل it has no alef: للحزب."""
    return "ل" if head.endswith("ل") else _ARTICLE
