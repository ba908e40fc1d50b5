"""Arabic as word lists and `says` use it."""

from services.matcher.domain.languages.arabic.grammar import GRAMMAR
from services.matcher.domain.languages.arabic.nouns import (
    inflect_adjective,
    inflect_noun,
    inflect_particle,
)
from services.matcher.domain.languages.arabic.verbs import inflect_verb
from services.matcher.domain.languages.language import Language

LANGUAGE = Language(
    code="ar",
    inflections={
        "v": inflect_verb,
        "n": inflect_noun,
        "a": inflect_adjective,
        "p": inflect_particle,
    },
    grammar=GRAMMAR,
)
