"""Arabic as it is written: its marks and letters, and what it writes in one word with a noun."""

import re

from services.matcher.domain.languages.arabic.common_words import COMMON_WORDS
from services.matcher.domain.languages.arabic.letters import (
    FUNCTION_FORMS,
    LETTER_FORMS,
    PREFIXES,
    attach_conjunctions,
    attach_prefixes,
)
from services.matcher.domain.languages.writing import Writing

WRITING = Writing(
    letters=re.compile("[ء-ي]"),
    tells=re.compile(
        "(?:[وفبك]?ال.{2,}|لل.{2,}|و?(?:في|من|علي|الي|عن|مع|ان|التي|الذي|هذا|هذه|لم|لن|قد))$"
    ),
    alphabet="".join(map(chr, (*range(0x621, 0x63B), *range(0x640, 0x653), *range(0x660, 0x66A)))),
    letter_forms=LETTER_FORMS,
    sentence_ends="؟۔",
    commas="،",
    stops="؛",
    attach_prefixes=attach_prefixes,
    attach_conjunctions=attach_conjunctions,
    prefixes=PREFIXES,
    function_words=FUNCTION_FORMS,
    common_words=COMMON_WORDS,
)
