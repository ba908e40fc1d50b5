"""Arabic: all that is particular to it."""

from services.matcher.domain.languages.arabic.grammar import GRAMMAR
from services.matcher.domain.languages.arabic.naming import NAMING
from services.matcher.domain.languages.arabic.nouns import (
    inflect_adjective,
    inflect_noun,
    inflect_particle,
)
from services.matcher.domain.languages.arabic.transliteration import TRANSLITERATION
from services.matcher.domain.languages.arabic.verbs import inflect_verb
from services.matcher.domain.languages.arabic.writing import WRITING
from services.matcher.domain.languages.language import Language

LANGUAGE = Language(
    code="ar",
    inflections={
        "v": inflect_verb,
        "n": inflect_noun,
        "a": inflect_adjective,
        "p": inflect_particle,
    },
    writing=WRITING,
    grammar=GRAMMAR,
    naming=NAMING,
    transliteration=TRANSLITERATION,
)
