"""English: all that is particular to it."""

from services.matcher.domain.languages.english.grammar import GRAMMAR
from services.matcher.domain.languages.english.naming import NAMING
from services.matcher.domain.languages.english.nouns import inflect_noun
from services.matcher.domain.languages.english.stems import only_stem
from services.matcher.domain.languages.english.verbs import inflect_verb
from services.matcher.domain.languages.english.writing import WRITING
from services.matcher.domain.languages.language import Language

LANGUAGE = Language(
    code="en",
    inflections={
        "v": inflect_verb,
        "n": inflect_noun,
        "a": lambda stems: frozenset({only_stem(stems)}),
    },
    writing=WRITING,
    grammar=GRAMMAR,
    naming=NAMING,
)
