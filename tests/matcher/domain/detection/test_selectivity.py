import pytest

from services.matcher.domain.detection.selectivity import rarity, sampled
from services.matcher.domain.rules.matching import match_event
from services.matcher.domain.rules.sampling import tuned
from services.matcher.domain.text.common_words import ARABIC, ENGLISH
from services.matcher.domain.text.fold import fold
from tests.matcher.rules import detecting, report, rulebook


@pytest.mark.parametrize(
    ("rarer", "commoner"),
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
def test_a_guess_knows_common_words_and_short_beginnings(rarer: str, commoner: str) -> None:
    assert 0 < rarity(("", rarer)) <= rarity(("", commoner)) <= 1


def test_words_are_rarer_than_types_and_ids_rarer_still() -> None:
    assert rarity(("id", "4711")) < rarity(("", " kornet ")) < rarity(("type", "threat"))


def test_a_sample_outweighs_the_guess() -> None:
    having = ("", " kornet ")
    sample = sampled([frozenset({having}), frozenset({having}), *[frozenset()] * 998])

    assert rarity(("", " missile "), sample) < rarity(having, sample) == pytest.approx(0.002, 0.1)


@pytest.mark.parametrize("words", [ENGLISH, ARABIC], ids=["english", "arabic"])
def test_common_words_are_written_as_the_fold_leaves_them(words: str) -> None:
    assert [word for word in words.split() if fold(word) != f" {word} "] == []


def test_a_rule_is_registered_under_its_rarest_word() -> None:
    book = rulebook(
        detecting("near", selection={"words|phrase": "government kornets ~4"}),
        detecting("both", selection={"words|phrase": "the police", "type": "threat"}),
        detecting("any", selection={"words|phrase": ["the said ~2", "kornet"], "id": "4711"}),
    )

    (pack,) = book.packs

    assert set(pack.by_literal) == {" kornets ", " the police "}
    assert pack.by_value == {"id": {"4711": (2,)}}


def test_a_sample_moves_a_rule_to_what_is_rare_in_it_and_changes_no_match() -> None:
    book = rulebook(
        detecting("near", selection={"words|phrase": "government kornets ~4"}),
        detecting("typed", selection={"words|phrase": "kornets", "type": "threat"}),
    )
    reports = [report("The kornets again", type="appeal"), report("Kornets", type="appeal")] * 300

    (pack,) = tuned(book, reports).packs

    assert set(pack.by_literal) == {" government "}
    assert pack.by_value == {"type": {"threat": (1,)}}
    event = report("Kornets reach the government, a government of kornets", type="threat")
    assert [match.rule.name for match in match_event(tuned(book, reports), event)] == [
        "near",
        "typed",
    ]
