"""English as it is written: its abbreviations, and what its capitals tell."""

import re

from services.matcher.domain.languages.english.capitals import SA, mark_countries
from services.matcher.domain.languages.english.common_words import COMMON_WORDS
from services.matcher.domain.languages.writing import Writing, word_set

WRITING = Writing(
    letters=re.compile("[a-z]"),
    letter_forms={SA: "sa"},
    mark_capitals=mark_countries,
    possessive="s",
    abbreviations=word_set(
        "al adm amb brig capt cmdr col dr ft gen gov hon lt maj messrs mr mrs ms mt pres prof "
        "rep rev sen sgt sheik sr st jr vs approx inc ltd co"
    ),
    before_numbers=word_set(
        "no nos art para sec fig vol p pp ch jan feb mar apr jun jul aug sep sept oct nov dec"
    ),
    openers=word_set(
        "the a an it he she they we this that these those in on at but and no nobody after "
        "before when while there one two three"
    ),
    common_words=COMMON_WORDS,
)
