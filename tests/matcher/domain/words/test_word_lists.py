"""What is refused in word lists, and how their cases are told."""

from typing import Any

import pytest

from schemas.word_list import WordList
from services.document_faults import DocumentLocation
from services.matcher.domain.packs.documents import LocatedDocument, PackDocuments
from services.matcher.domain.rules.compile_pack import compile_packs
from services.matcher.domain.rules.matching import match_event
from services.matcher.domain.words.cases import find_case_faults
from services.matcher.domain.words.entries import parse_entry, word_forms
from services.matcher.domain.words.lookalikes import find_lookalikes
from tests.matcher.rules import detecting, pack_of, report, word_list


def faults_of(*packs: PackDocuments) -> list[str]:
    _, faults = compile_packs(packs)
    return [str(fault) for fault in faults]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"en": ["appoint/x"]}, "words.en.0: 'appoint/x': en has no words /x, but /v"),
        ({"en": ["a/v", "/v"]}, "words.en.1: '/v': a stem is missing"),
        ({"en": ["a|b/v"]}, "an English word has one stem"),
        ({"en": ["appoint*"]}, "a list has whole words"),
        ({"en": ["to appoint/x"]}, "words.en.0: 'to appoint/x': 'appoint/x': en has"),
        ({"en": ["the %name"]}, "'%name': a list is named between two %, as in %list%"),
        ({"en": ["..."]}, "no word in it"),
        ({"en": ["(a|b"]}, "a bracket is missing"),
        ({"en": ["a ~60 b"]}, "between 1 and 50 other words"),
        ({"en": ["a ~2~"]}, "~N~ stands between two words"),
        ({"en": ["%nobody%"]}, "there is no list of words 'nobody'"),
        ({"en": ["%nam%"]}, "(did you mean name?)"),
        ({"en": ["a"], "em": ["b"]}, "words.em: there is no language 'em', but ar en fa"),
        ({"en": ["a"], "except": ["b c"]}, "words.except.0: 'b c': a form is one word"),
        ({"ar": ["قال/v"]}, "قال is weak: write its imperfect too"),
        ({"ar": [f"{'|'.join('عين' for _ in range(13))}/v"]}, "more than 12 stems"),
    ],
)
def test_an_entry_that_means_nothing_is_refused(words: dict[str, Any], message: str) -> None:
    (fault,) = faults_of(pack_of(words=(word_list("name", **words),)))

    assert fault.startswith("name.yaml:1: words.")
    assert message in fault


def test_an_entry_is_as_large_as_its_forms_whatever_they_could_be_combined_to() -> None:
    verbs = "(" + "|".join(f"v{number}/v" for number in range(12)) + ")"
    list_of = word_list("name", en=[" ".join([verbs] * 9)])
    book, faults = compile_packs([pack_of(words=(list_of,))])

    assert not faults
    assert len(book.packs[0].lists.words["name"].triggers()) == 48


def test_an_entry_has_a_bound_of_forms() -> None:
    verbs = "|".join(f"{first}{second}ب/v" for first in "تثجحخ" for second in "سشصضطعغفقك")
    (fault,) = faults_of(pack_of(words=(word_list("name", ar=[f"({verbs})"]),)))

    assert "forms, and 20000 are allowed: write several" in fault


def test_lists_that_name_each_other_are_refused() -> None:
    word_list_one = word_list("one", en=["%two%"])
    two = word_list("two", en=["%one%"])

    first, second = faults_of(pack_of(words=(word_list_one, two)))

    assert "one.yaml:1: words: it names itself: " in first
    assert "two.yaml:1: words: it names itself: " in second


def test_two_lists_of_a_pack_do_not_share_a_name() -> None:
    listed = word_list("one", en=["a"])

    (fault,) = faults_of(pack_of(words=(listed, listed)))

    assert fault == "one.yaml:1: name: there is another list 'one' in one.yaml"


def test_a_list_extends_one_of_a_pack_that_is_used() -> None:
    core = pack_of(name="core", lists=(), words=(word_list("one", en=["a"]),))
    one, two = (word_list(name, en=["b"], extends="core") for name in ("one", "two"))
    plain = word_list("one", en=["b"])

    assert "this pack does not use 'core' (write uses: [core]" in faults_of(
        core, pack_of(words=(one,))
    )[0]  # fmt: skip
    assert "core has no list 'two' to extend" in faults_of(
        core, pack_of(words=(two,), uses=("core",))
    )[0]  # fmt: skip
    assert "another list 'one' in core (write extends: core)" in faults_of(
        core, pack_of(words=(plain,), uses=("core",))
    )[0]  # fmt: skip


def test_a_pack_that_is_not_there_cannot_be_used() -> None:
    core = pack_of(name="core", lists=())

    (fault,) = faults_of(core, pack_of(uses=("cor",)))

    assert fault == "pack.yaml:1: uses.0: there is no pack 'cor' to use (did you mean core?)"


def test_a_pack_that_uses_itself_is_refused() -> None:
    (fault,) = faults_of(pack_of(uses=("pack",)))

    assert fault == "pack.yaml:1: uses.0: a pack has its own lists (remove it)"


def case_faults(document: WordList) -> list[str]:
    book, faults = compile_packs([pack_of(words=(document,))])
    assert not faults
    located = LocatedDocument(document, DocumentLocation(f"{document.name}.yaml"))
    return [str(fault) for fault in find_case_faults(located, book.packs[0].lists.words)]


def test_a_list_that_loses_a_word_fails_its_case() -> None:
    cases = {"holds": ["He appoints a man.", "He named a man."], "lacks": ["a nominal man"]}

    assert not case_faults(word_list("one", en=["appoint/v", "name/v"], cases=cases))
    assert case_faults(word_list("one", en=["appoint/v"], cases=cases)) == [
        "one.yaml:1: cases.holds.1: nothing of the list is in 'He named a man.'"
    ]
    assert case_faults(word_list("one", en=["appoint/v", "name/v", "man/n"], cases=cases)) == [
        "one.yaml:1: cases.lacks.0: 'man' is in 'a nominal man'"
    ]


def test_a_list_without_cases_is_at_fault() -> None:
    (fault,) = case_faults(word_list("one", en=["a"]))

    assert "one.yaml:1: cases: a list of words needs cases" in fault


def lookalikes(entry: str) -> list[str]:
    document = word_list("one", ar=[entry])
    located = LocatedDocument(document, DocumentLocation("one.yaml"))
    return [str(fault) for fault in find_lookalikes(located)]


@pytest.mark.parametrize("entry", ["ماء", "(نهر|ماء)", "علي"])
def test_a_word_that_is_read_as_a_word_of_the_grammar_is_at_fault(entry: str) -> None:
    (fault,) = lookalikes(entry)

    assert fault.startswith("one.yaml:1: words.ar.0: ")
    assert "which nearly every text has (give it a tag, or other words beside it)" in fault


@pytest.mark.parametrize("entry", ["ماء/n", "ما", "على", "علي السيستاني", "(ماء النهر|وما)"])
def test_words_of_the_grammar_and_words_beside_others_are_none(entry: str) -> None:
    assert not lookalikes(entry)


def test_no_form_of_a_word_is_another_word_of_the_grammar() -> None:
    water, what, leader = (
        word_forms(parse_entry(f"{stem}/n", "ar")) for stem in ("ماء", "ما", "قائد")
    )

    assert not {"ما", "وما", "بما", "كما"} & set().union(*water)
    assert {"ما", "وما"} <= set().union(*what)
    assert "قايد" in set().union(*leader)


HIT = {"en": ["hit/v"], "ar": ["حملة/n"], "fa": ["حمله ~1 کرد|کن/v"]}


@pytest.mark.parametrize(
    ("text", "language", "held"),
    [
        ("They hit it.", "en", True),
        ("حملة على القاعدة", "ar", True),
        ("به پایگاه حمله کرد", "fa", True),
        ("به پایگاه حمله کرد", None, True),
        ("حملة على كرد العراق", "ar", True),
        ("حمله به پایگاه", "fa", False),
        ("به پایگاه حمله کرد", "ar", True),
    ],
    ids=[
        "English",
        "Arabic",
        "Persian",
        "Persian, told by its words",
        "Arabic words that Persian has too",
        "an Arabic word in a Persian text",
        "the report says Arabic",
    ],
)
def test_words_of_languages_in_the_same_letters_hold_in_their_own_texts(
    text: str, language: str | None, *, held: bool
) -> None:
    pack = pack_of(
        detecting("hit", selection={"words|phrase": "%hits%"}), words=(word_list("hits", **HIT),)
    )
    book, _ = compile_packs((pack,))

    assert bool(match_event(book, report(text, language=language))) is held


def test_two_packs_that_extend_one_list_both_count_in_a_pack_that_uses_them() -> None:
    core = pack_of(name="core", lists=(), words=(word_list("hits", en=["hit/v"]),))
    more = [
        pack_of(
            name=name,
            lists=(),
            words=(word_list("hits", extends="core", en=[word]),),
            uses=("core",),
        )
        for name, word in (("one", "strike/v"), ("two", "pound/v"))
    ]
    mine = pack_of(
        detecting("hit", selection={"words|phrase": "%hits%"}), uses=("core", "one", "two")
    )
    book, faults = compile_packs((core, *more, mine))

    texts = ["They hit it.", "They struck it.", "They pounded it."]
    assert faults == ()
    assert all(match_event(book, report(text)) for text in texts)
