"""Persian: all that is particular to it."""

from services.matcher.domain.languages.language import Language
from services.matcher.domain.languages.persian.grammar import GRAMMAR
from services.matcher.domain.languages.persian.words import (
    inflect_adjective,
    inflect_noun,
    inflect_particle,
    inflect_verb,
)
from services.matcher.domain.languages.persian.writing import WRITING

LANGUAGE = Language(
    code="fa",
    inflections={
        "v": inflect_verb,
        "n": inflect_noun,
        "a": inflect_adjective,
        "p": inflect_particle,
    },
    writing=WRITING,
    grammar=GRAMMAR,
)
