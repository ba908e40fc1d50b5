"""The languages whose sentences are read, by the script and words that they are written in."""

from collections.abc import Mapping
from types import MappingProxyType

from services.matcher.domain.says.grammar import Grammar
from services.matcher.domain.says.languages.arabic import ARABIC
from services.matcher.domain.says.languages.english import ENGLISH

GRAMMARS: Mapping[str, Grammar] = MappingProxyType(
    {grammar.language: grammar for grammar in (ENGLISH, ARABIC)}
)
