"""The index says of each word which lists a text may hold."""

import pytest

from services.matcher.domain.text.report_words import SentenceWords
from services.matcher.domain.text.scan import NO_INDEX
from services.matcher.domain.words.finder import WordFinder
from services.matcher.domain.words.word_index import index_words
from services.matcher.domain.words.word_list import IndexedList
from tests.matcher.rules import rulebook, word_list

LISTS = (
    word_list("claim", en=["claim/v", "(said|says) it (struck|hit)"]),
    word_list("base", en=["base/n"]),
    word_list("attack", en=["%claim% ~2 %base%"]),
    word_list("news", en=["%claim|base%", "raid/n", "hit the %base%"], except_=["claims"]),
    word_list("worth_telling", en=["%news%"]),
)


def lists_by_name() -> dict[str, IndexedList]:
    return dict(rulebook(words=LISTS).packs[0].lists.words)


def names_in(text: str, *indexed: str) -> set[str]:
    """The names of the lists that the index expects in the text."""
    lists = lists_by_name()
    index = index_words(lists[name] for name in indexed)
    by_key = {listed.key: name for name, listed in lists.items()}
    triggers = WordFinder(SentenceWords(text.split()), index=index).triggers
    return {by_key[key] for key in triggers}


def test_a_word_that_is_enough_is_expected_alone() -> None:
    assert names_in("it claims", "claim", "base") == {"claim"}


def test_a_word_of_several_is_expected_only_beside_another_of_them() -> None:
    assert names_in("it said no", "claim") == set()
    assert names_in("it said it struck", "claim") == {"claim"}


def test_lists_that_an_entry_names_are_in_the_index_too() -> None:
    assert names_in("claims a base", "attack") == {"attack", "claim", "base"}
    assert names_in("claims it", "attack") == {"claim"}


def test_a_list_in_another_is_named_and_not_copied() -> None:
    lists = lists_by_name()

    assert lists["news"].named == (lists["claim"], lists["base"])
    assert lists["news"].singles == {"raid", "raids"}
    assert names_in("it claims", "worth_telling") == {"claim"}


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("it claims two bases", [(1, 2), (3, 4)]),
        ("a raid hit the bases", [(1, 2), (2, 5), (4, 5)]),
        ("it went home", []),
    ],
)
def test_all_that_is_in_a_named_list_is_found(text: str, places: list[tuple[int, int]]) -> None:
    lists = lists_by_name()
    index = index_words([lists["worth_telling"]])

    for known in (index, NO_INDEX):
        finder = WordFinder(SentenceWords(text.split()), index=known)
        assert finder.find_list(lists["worth_telling"]) == places


def test_a_list_that_is_not_in_the_index_is_found_all_the_same() -> None:
    lists = lists_by_name()
    finder = WordFinder(
        SentenceWords(["they", "said", "it", "hit", "bases"]), index=index_words([])
    )

    assert finder.find_list(lists["base"]) == [(4, 5)]
    assert finder.find_list(lists["claim"]) == [(1, 4)]
