"""English as word lists and `says` use it."""

from services.matcher.domain.languages.english.nouns import inflect_noun
from services.matcher.domain.languages.english.stems import only_stem
from services.matcher.domain.languages.english.verbs import inflect_verb
from services.matcher.domain.languages.language import Language, WordOrder

LANGUAGE = Language(
    code="en",
    inflections={
        "v": inflect_verb,
        "n": inflect_noun,
        "a": lambda stems: frozenset({only_stem(stems)}),
    },
    order=WordOrder.BEFORE,
    by_words=("by",),
    possessives=frozenset({"his", "her", "its", "their", "own"}),
)
