from typing import Any

from schemas.rule import NamedList
from services.matcher.domain.backtest.name_cases import find_name_faults
from tests.matcher.rules import pack_of

MEMBERS = [
    {"id": "badr", "name": "Badr", "aliases": [{"alias": "Badr", "unless": ["Badr City"]}]},
    {"id": "aah", "name": "Asa'ib Ahl al-Haq", "aliases": ["AAH"]},
]


def faults_of(**cases: Any) -> list[str]:
    document = NamedList.model_validate({"name": "groups", "members": MEMBERS, "cases": cases})
    return [
        f"{fault.field}: {fault.message}" for fault in find_name_faults(pack_of(lists=(document,)))
    ]


def test_a_list_whose_cases_hold_has_no_fault() -> None:
    holds = {"AAH left Badr City.": "aah", "Asaeb Ahl Haq and Badr": ["aah", "badr"]}

    assert faults_of(holds=holds, lacks=["The road to Badr City."]) == []


def test_a_list_that_is_left_out_is_not_asked() -> None:
    twice = [{"id": "badr", "name": "Badr"}, {"id": "badr", "name": "Badr City"}]
    document = NamedList.model_validate(
        {"name": "groups", "members": twice, "cases": {"holds": {"Badr left.": "badr"}}}
    )

    assert list(find_name_faults(pack_of(lists=(document,)))) == []


def test_a_text_that_names_others_is_a_fault() -> None:
    assert faults_of(holds={"AAH": "badr"}, lacks=["Badr left."]) == [
        "cases.holds.AAH: 'AAH' names aah, not badr",
        "cases.lacks.0: 'Badr left.' names badr, not nobody",
    ]
