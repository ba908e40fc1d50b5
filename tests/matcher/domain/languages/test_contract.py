"""The contract of a language: what every folder promises, and that no other code names one."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.matcher.domain.languages.known import LANGUAGES
from services.matcher.domain.languages.language import Language
from services.matcher.domain.text.fold import fold

ROOT = Path(__file__).parents[4]
FOLDERS = ROOT / "services" / "matcher" / "domain" / "languages"
NAMED = re.compile(r"\b(?:english|arabic|persian|farsi)\b", re.IGNORECASE)
QUOTED_CODE = re.compile(rf"""["'](?:{"|".join(LANGUAGES)})["']""")
each_language = pytest.mark.parametrize("language", LANGUAGES.values(), ids=LANGUAGES.keys())


def engine_modules() -> Iterator[Path]:
    for folder in ("services/matcher", "services/ingest", "schemas"):
        for path in (ROOT / folder).rglob("*.py"):
            if not path.is_relative_to(FOLDERS):
                yield path


def folder_names() -> set[str]:
    return {path.name for path in FOLDERS.iterdir() if (path / "language.py").exists()}


def test_no_module_but_those_of_languages_names_a_language() -> None:
    named = [
        f"{path.relative_to(ROOT)}: {found[0]}"
        for path in engine_modules()
        for found in map(re.Match.group, NAMED.finditer(path.read_text(encoding="utf-8")))
    ]

    assert named == []


def test_no_module_but_those_of_languages_asks_for_one_by_its_code() -> None:
    asking = [path for path in engine_modules() if QUOTED_CODE.search(path.read_text("utf-8"))]

    assert asking == []


def test_no_module_but_those_of_languages_imports_one() -> None:
    folders = "|".join(folder_names())
    imported = re.compile(rf"domain\.languages\.(?:{folders})\b")

    assert [path for path in engine_modules() if imported.search(path.read_text("utf-8"))] == []


def test_every_folder_with_a_language_is_known() -> None:
    assert len(LANGUAGES) == len(folder_names())


@each_language
def test_common_words_are_as_the_fold_leaves_them(language: Language) -> None:
    words = language.writing.common_words.split()

    assert [word for word in words if fold(word) != f" {word} "] == []


@each_language
def test_words_of_the_grammar_are_as_the_fold_leaves_them(language: Language) -> None:
    grammar = language.grammar
    words = {
        *(word for agent in grammar.agent for word in agent),
        *(grammar.governs | grammar.joins | grammar.ranks | grammar.reports | grammar.victims),
        *(grammar.passive | grammar.passive_ends | grammar.object_marks | grammar.follows),
    }

    assert [word for word in words if fold(word) != f" {word} "] == []


@each_language
def test_word_lists_can_have_verbs_and_nouns_in_it(language: Language) -> None:
    assert {"v", "n"} <= language.inflections.keys()
    assert language.inflections["n"](["a"])


@each_language
def test_a_language_in_the_letters_of_another_has_words_that_tell_both(language: Language) -> None:
    host = LANGUAGES.get(language.writing.guest_of)
    if language.is_guest:
        assert host is not None
        assert host.writing.letters == language.writing.letters
        assert not host.is_guest
        assert host.writing.tells.pattern != language.writing.tells.pattern != "(?!)"
