"""The languages that have a folder here, by code."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType

from services.matcher.domain import languages
from services.matcher.domain.languages.grammar import Grammar
from services.matcher.domain.languages.language import Language


def _read_folders() -> Iterator[Language]:
    for folder in iter_modules(languages.__path__, f"{languages.__name__}."):
        if folder.ispkg:
            yield import_module(f"{folder.name}.language").LANGUAGE


LANGUAGES: Mapping[str, Language] = MappingProxyType(
    {language.code: language for language in _read_folders()}
)
TRANSLITERATIONS = tuple(
    language.transliteration for language in LANGUAGES.values() if language.transliteration
)
"""The spellings of names by the languages that have a script of their own."""


def find_grammar(code: str) -> Grammar:
    """The grammar of a language; that of an unknown one knows nothing."""
    language = LANGUAGES.get(code)
    return language.grammar if language else Grammar()
