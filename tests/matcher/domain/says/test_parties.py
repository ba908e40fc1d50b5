"""A leader is no second party beside his own group."""

import pytest

from services.matcher.domain.says.parties import Parties
from services.matcher.domain.says.sentence import NamedMember
from services.matcher.domain.text.report_words import WordRange

PARENTS = {"ameri": "badr", "badr": "pmf", "kh": "pmf", "loop": "pool", "pool": "loop"}


def parties(*members: str) -> Parties:
    named = (NamedMember(member, WordRange(at, at + 1)) for at, member in enumerate(members))
    return Parties(tuple(named), PARENTS)


@pytest.mark.parametrize("members", [("badr", "kh"), ("badr", "ameri", "kh"), ("kh", "sadr")])
def test_several_groups_are_several_parties(members: tuple[str, ...]) -> None:
    assert parties(*members).are_several(WordRange(0, len(members)))


@pytest.mark.parametrize(
    "members",
    [(), ("badr",), ("badr", "badr"), ("badr", "ameri"), ("ameri", "pmf"), ("loop", "pool")],
)
def test_a_group_and_its_own_are_one_party(members: tuple[str, ...]) -> None:
    assert not parties(*members).are_several(WordRange(0, len(members)))


def test_who_is_named_elsewhere_is_no_party() -> None:
    assert not parties("badr", "ameri", "kh").are_several(WordRange(0, 2))


def test_somebody_between_a_group_and_its_own_makes_no_second_party() -> None:
    assert not parties("ameri", "sadr", "badr").are_several(WordRange(0, 3))


def test_neighbours_are_asked_where_no_name_ends_the_place() -> None:
    assert parties("ameri", "sadr", "badr").are_several(WordRange(0, 4))
