from typing import Any

import pytest

from schemas.rule import NamedList
from services.document_faults import DocumentLocation
from services.matcher.domain.detection.lists import build_lists
from services.matcher.domain.packs.documents import LocatedDocument
from services.matcher.domain.rules.matching import derive_values, match_event
from tests.matcher.rules import detecting, report, rulebook

BOOK = rulebook()


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("Kata’ib Hezbollah’s men", ("kh",)),
        ("Hezbollah and Kata'ib Hezbollah", ("hezbollah", "kh")),
        ("The road to Badr City", ()),
        ("Badr left Badr City", ("badr",)),
        ("قالت كتائب حزب الله", ("kh",)),
        ("وقال مصدر لكتائب حزب الله", ("kh",)),
        ("اعلن حزب الله", ("hezbollah",)),
        ("Badrist", ()),
    ],
)
def test_the_members_that_a_text_names(text: str, ids: tuple[str, ...]) -> None:
    assert derive_values(BOOK, report(text), "entities") == ids


def test_entities_are_named_in_title_actors_and_targets_too() -> None:
    event = report(title="AAH moves", actors=["Badr spokesman"], targets=["Hezbollah"])

    assert derive_values(BOOK, event, "entities") == ("aah", "badr", "hezbollah")


def listing(*members: dict[str, Any], name: str = "groups") -> NamedList:
    return NamedList.model_validate({"name": name, "members": members})


def test_an_alias_of_two_members_names_both() -> None:
    shared = listing({"id": "a", "name": "The Brigades"}, {"id": "b", "name": "The Brigades"})

    assert derive_values(rulebook(lists=(shared,)), report("The brigades met."), "entities") == (
        "a",
        "b",
    )


def test_names_that_only_overlap_both_count() -> None:
    groups = listing({"id": "a", "name": "Jund al-Imam"}, {"id": "b", "name": "al-Imam Ali"})

    assert derive_values(rulebook(lists=(groups,)), report("Jund al-Imam Ali"), "entities") == (
        "a",
        "b",
    )


def test_an_exception_may_end_with_the_name_that_it_covers() -> None:
    alias = {"alias": "Badr", "unless": ["Battle of Badr"]}
    groups = listing({"id": "a", "name": "Badr", "aliases": [alias]})

    assert derive_values(rulebook(lists=(groups,)), report("the Battle of Badr"), "entities") == ()


def faults_of(*lists: NamedList) -> list[str]:
    _, faults = build_lists(
        LocatedDocument(document, DocumentLocation("list.yaml")) for document in lists
    )
    return [f"{fault.field}: {fault.message}" for fault in faults]


def test_a_member_that_is_twice_in_a_list_is_a_fault() -> None:
    twice = listing({"id": "a", "name": "A"}, {"id": "a", "name": "B"})

    assert faults_of(twice) == ["members.1.id: 'a' is in this list twice"]


def test_two_lists_of_one_name_are_a_fault() -> None:
    document = listing({"id": "a", "name": "A"})

    assert faults_of(document, document) == ["name: there is another list 'groups' in this pack"]


def test_an_alias_without_a_word_is_a_fault() -> None:
    silent = listing({"id": "a", "name": "A", "aliases": ["—"]})

    assert faults_of(silent) == ["members.0.aliases.0: '—' has no letter or digit to look for"]


def test_an_exception_that_could_never_apply_is_a_fault() -> None:
    alias = {"alias": "Badr", "unless": ["battle of Uhud"]}

    (fault,) = faults_of(listing({"id": "a", "name": "A", "aliases": [alias]}))

    assert fault.startswith("members.0.aliases.0.unless.0: 'battle of Uhud' does not hold 'Badr'")


def test_each_exception_covers_only_its_own_places() -> None:
    text = "Badr City, then Badr, then Badr City, and AAH"

    assert derive_values(BOOK, report(text), "entities") == ("aah", "badr")


@pytest.mark.parametrize(
    "text",
    [
        "Kataib Hezbollah",
        "Kataeb Hizbullah",
        "KTA'IB HIZBALLAH",
        "Kata’ib Hizbollah’s",
    ],
)
def test_an_arabic_name_counts_however_it_is_spelled(text: str) -> None:
    assert derive_values(BOOK, report(f"The {text} men met."), "entities") == ("kh",)


def test_an_alias_may_be_looked_for_as_it_is_written() -> None:
    exact = {"alias": "Qais al-Khazali", "spellings": False}
    leaders = listing({"id": "a", "name": "AAH chief", "aliases": [exact]})
    book = rulebook(lists=(leaders,))

    assert derive_values(book, report("Qais al-Khazali spoke."), "entities") == ("a",)
    assert derive_values(book, report("Qays Khazali spoke."), "entities") == ()


def test_a_surname_is_arabic_when_the_full_name_is() -> None:
    leaders = listing({"id": "a", "name": "Hadi al-Amiri", "aliases": ["Amiri"]})

    assert derive_values(rulebook(lists=(leaders,)), report("al-Ameri spoke."), "entities") == (
        "a",
    )


def test_an_alias_that_is_a_spelling_of_another_members_name_is_a_fault() -> None:
    document = listing({"id": "a", "name": "Saraya al-Salam"}, name="one")
    other = listing({"id": "b", "name": "B", "aliases": ["Sarayat as-Salam"]}, name="other")

    clash, back = faults_of(document, other)

    assert "members.0.aliases.0: 'Sarayat as-Salam' is a spelling of 'Saraya al-Salam'" in back
    assert "'Saraya al-Salam' is a spelling of 'Sarayat as-Salam' of 'b', list.yaml:1" in clash


WEAK = listing(
    {"id": "sadr", "name": "Moqtada al-Sadr", "aliases": [{"alias": "الصدر", "alone": False}]},
    {"id": "sairoon", "name": "Sairoon Alliance"},
    name="weak",
).model_copy(update={"company": ("%groups%", "(Najaf|Kufa)", "cleric said ~3")})
GROUPS = listing({"id": "kh", "name": "Kata'ib Hezbollah"})


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("ألم في الصدر", ()),
        ("ألم في الصدر. Sairoon Alliance", ("sadr", "sairoon")),
        ("ألم في الصدر. Kata'ib Hezbollah", ("kh", "sadr")),
        ("الصدر in Najaf", ("sadr",)),
        ("الصدر in Kufa", ("sadr",)),
        ("الصدر: the cleric today said", ("sadr",)),
    ],
)
def test_a_name_that_is_a_common_word_needs_company(text: str, ids: tuple[str, ...]) -> None:
    book = rulebook(lists=(WEAK, GROUPS))

    assert derive_values(book, report(text), "entities") == ids


def test_names_that_want_company_keep_each_others() -> None:
    shy = GROUPS.model_copy(
        update={
            "members": listing(
                {"id": "badr", "name": "Badr", "aliases": [{"alias": "بدر", "alone": False}]}
            ).members
        }
    )
    book = rulebook(lists=(WEAK, shy))

    assert derive_values(book, report("الصدر يلتقي بدر"), "entities") == ("sadr",)
    assert derive_values(book, report("يلتقي بدر"), "entities") == ()


def test_a_name_among_the_actors_needs_no_company() -> None:
    event = report("Nothing.", actors=["الصدر"])

    assert derive_values(rulebook(lists=(WEAK, GROUPS)), event, "entities") == ("sadr",)


def test_company_that_names_no_list_is_a_fault() -> None:
    (fault,) = faults_of(WEAK)

    assert fault == "company.0: this pack has no list of members 'groups'"


LEADERS = listing(
    {"id": "ameri", "name": "Hadi al-Ameri", "parent": "badr"},
    {"id": "aide", "name": "Karim al-Nuri", "parent": "ameri"},
    name="leaders",
)


def rolling_up(text: str, *, children: bool) -> list[tuple[str, ...]]:
    groups = listing({"id": "badr", "name": "Badr", "parent": "pmf"}).model_copy(
        update={"includes_children": children}
    )
    rule = detecting(who={"entities|expand": "%groups%"}, condition="who")
    book = rulebook(rule, lists=(groups, LEADERS))
    return [match.members("entities") for match in match_event(book, report(text))]


def test_a_leader_counts_as_his_group_where_the_list_includes_children() -> None:
    assert rolling_up("Hadi al-Ameri and Karim al-Nuri of Badr", children=True) == [("badr",)]
    assert rolling_up("Karim al-Nuri spoke", children=True) == [("badr",)]


def test_a_leader_is_no_member_of_his_group_otherwise() -> None:
    assert rolling_up("Hadi al-Ameri spoke", children=False) == []


def test_an_alias_may_have_choices() -> None:
    alias = "(Iran-backed|pro-Iran) (militias|armed groups)"
    groups = listing({"id": "a", "name": "Militias of Iraq", "aliases": [alias]})
    book = rulebook(lists=(groups,))

    assert derive_values(book, report("pro-Iran armed groups met."), "entities") == ("a",)
    assert derive_values(book, report("Iran-backed groups met."), "entities") == ()


def test_an_alias_with_too_many_choices_is_a_fault() -> None:
    alias = " ".join(["(a|b|c|d|e|f|g|h|i|j|k|l|m|n|o)"] * 2)

    assert faults_of(listing({"id": "a", "name": "A", "aliases": [alias]})) == [
        "members.0.aliases.0: more than 200 readings"
    ]


@pytest.mark.parametrize(
    "alias", ["(Badr Corps", "Badr Corps)", "Badr|Corps", "(Badr|(Corps|Force))", "(al-Badr Corps"]
)
def test_a_bracket_or_bar_that_makes_no_choice_is_a_fault(alias: str) -> None:
    assert faults_of(listing({"id": "a", "name": "A", "aliases": [alias]})) == [
        f"members.0.aliases.0: {alias!r}: a bracket or a | without its like"
    ]


def test_plain_brackets_in_an_alias_are_none_of_its_words() -> None:
    book = rulebook(lists=(listing({"id": "a", "name": "A", "aliases": ["Badr (Corps)"]}),))

    assert derive_values(book, report("The Badr Corps met."), "entities") == ("a",)
