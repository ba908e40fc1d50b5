from typing import Any

import pytest

from schemas.rule import NamedList
from services.matcher.domain.detection.lists import build_lists
from services.matcher.domain.packs.documents import LocatedDocument
from services.matcher.domain.packs.faults import RuleLocation
from services.matcher.domain.rules.matching import derive_values
from tests.matcher.rules import report, rulebook

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
    _, faults = build_lists(LocatedDocument(one, RuleLocation("list.yaml")) for one in lists)
    return [f"{fault.field}: {fault.message}" for fault in faults]


def test_a_member_that_is_twice_in_a_list_is_a_fault() -> None:
    twice = listing({"id": "a", "name": "A"}, {"id": "a", "name": "B"})

    assert faults_of(twice) == ["members.1.id: 'a' is in this list twice"]


def test_two_lists_of_one_name_are_a_fault() -> None:
    one = listing({"id": "a", "name": "A"})

    assert faults_of(one, one) == ["name: there is another list 'groups' in this pack"]


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
