import pytest

from services.matcher.domain.detection.selectivity import selectivity
from services.matcher.domain.languages.known import LANGUAGES
from services.matcher.domain.languages.language import Language
from services.matcher.domain.text.fold import fold
from services.matcher.domain.text.word_frequency import any_frequency
from tests.matcher.rules import detecting, rulebook


@pytest.mark.parametrize(
    ("rare", "common"),
    [
        (" kornet ", " missile "),
        (" missile ", " the "),
        (" said ", " the "),
        (" في بغداد ", " في "),
        (" rocket fire ", " fire "),
        (" rocket", " ro"),
        (" mars ", " mar"),
    ],
)
def test_common_words_and_short_beginnings_are_less_selective(rare: str, common: str) -> None:
    assert 0 < selectivity(("", rare)) <= selectivity(("", common)) <= 1


def test_words_are_rarer_than_types_and_ids_rarer_still() -> None:
    assert (
        selectivity(("id", "4711"))
        < selectivity(("", " kornet "))
        < selectivity(("type", "threat"))
    )


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=LANGUAGES.keys())
def test_common_words_are_written_as_the_fold_leaves_them(language: Language) -> None:
    assert [
        word for word in language.writing.common_words.split() if fold(word) != f" {word} "
    ] == []


def test_a_rule_is_registered_under_its_most_selective_word() -> None:
    book = rulebook(
        detecting("near", selection={"words|phrase": "government kornets ~4"}),
        detecting("both", selection={"words|phrase": "the police", "type": "threat"}),
        detecting("any", selection={"words|phrase": ["the said ~2", "kornet"], "id": "4711"}),
    )

    (pack,) = book.packs

    assert set(pack.index.by_literal) == {" kornets ", " the police "}
    assert pack.index.by_value == {"id": {"4711": (2,)}}


def test_of_large_lists_the_larger_is_expected_in_more_reports_but_not_in_all() -> None:
    large, larger = any_frequency([0.1] * 20), any_frequency([0.1] * 30)

    assert 0.1 < large < larger < 1
