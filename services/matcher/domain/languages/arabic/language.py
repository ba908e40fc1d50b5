"""Arabic as word lists and `says` use it."""

from services.matcher.domain.languages.arabic.letters import PRONOUNS
from services.matcher.domain.languages.arabic.nouns import (
    inflect_adjective,
    inflect_noun,
    inflect_particle,
)
from services.matcher.domain.languages.arabic.verbs import inflect_verb
from services.matcher.domain.languages.language import Language, WordOrder

LANGUAGE = Language(
    code="ar",
    inflections={
        "v": inflect_verb,
        "n": inflect_noun,
        "a": inflect_adjective,
        "p": inflect_particle,
    },
    order=WordOrder.BEFORE_OR_AFTER,
    by_words=("من قبل", "على يد", "على ايدي", "من جانب"),
    possessive_endings=tuple(filter(None, PRONOUNS)),
)
