"""Unknown names as a field of reports: what rules may ask of them."""

from typing import Any

import pytest
from hypothesis import given

from schemas.event import Event
from schemas.rule import NamedList
from services.matcher.domain.rules.matching import derive_values, find_unknown_names, match_event
from services.matcher.domain.rules.signals import make_signals
from tests.matcher.rules import compiled, correlating, detecting, report, rulebook
from tests.matcher.wild_text import TEXTS


def names_of(event: Event, **pack: Any) -> tuple[str, ...]:
    return derive_values(rulebook(**pack), event, "names")


def test_what_a_list_knows_is_no_unknown_name() -> None:
    text = (
        "Kata'ib Hezbollah and the League of the Revolutionaries met a spokesman of كتائب حزب الله."
    )

    assert names_of(report(text)) == ("League of the Revolutionaries",)


def test_a_name_that_only_has_a_known_one_in_it_is_unknown() -> None:
    assert names_of(report("The Badr Avengers Brigade spoke.")) == ("Badr Avengers Brigade",)


def test_names_stand_in_title_and_text() -> None:
    event = report("Usbat al-Thairin fired.", title="Video of Saraya al-Jihad", actors=["Liwa Ali"])

    assert names_of(event) == ("Saraya al Jihad", "Usbat al Thairin")


def test_known_names_around_an_unknown_one_hide_it_in_neither_title_nor_text() -> None:
    known = "Badr met Kata'ib Hezbollah, Badr met AAH"

    event = report(f"{known}. Usbat al-Thairin fired at Badr. {known}.", title=f"{known}")
    both = report(f"{known}.", title=f"{known} and Saraya al-Jihad. {known}")

    assert names_of(event) == ("Usbat al Thairin",)
    assert names_of(both) == ("Saraya al Jihad",)


def test_names_are_told_as_the_report_first_writes_them() -> None:
    text = "Kata’ib\u00a0al-Noor, or KATAIB al-Noor, left. بيان لِكتائب الإمام"

    assert find_unknown_names(rulebook(), report(text)) == ("Kata’ib al-Noor", "كتائب الإمام")
    assert names_of(report(text)) == ("Kataib al Noor", "كتايب الامام")


def test_a_ligature_over_the_start_of_a_name_is_told_whole() -> None:
    text = "بيان \ufef7فواج المقاومة"

    assert find_unknown_names(rulebook(), report(text)) == ("\ufef7فواج المقاومة",)
    assert names_of(report(text)) == ("افواج المقاومه",)


def test_the_packs_head_nouns_are_used() -> None:
    event = report("The Revenge Companies and the Revenge Brigade met.")

    assert names_of(event, organisation_heads=["companies"]) == ("Revenge Companies",)


CLAIM = report("A group calling itself Usbat al-Thairin fired; Saraya al-Jihad did not.")


@pytest.mark.parametrize(
    "selection",
    [
        {"names|exists": True},
        {"names": "usbat al-Thā'irin"},
        {"names": "Saraya*"},
        {"names|contains": "jihad"},
        {"names|re": "^Usbat al"},
        {"names|neq": "Saraya al-Salam"},
    ],
    ids=str,
)
def test_a_selection_by_names_that_holds(selection: Any) -> None:
    assert match_event(rulebook(detecting(selection=selection)), CLAIM)


@pytest.mark.parametrize(
    "selection",
    [
        {"names|exists": False},
        {"names": None},
        {"names": "Usbat"},
        {"names|neq": "Saraya al-Jihad"},
    ],
    ids=str,
)
def test_a_selection_by_names_that_does_not_hold(selection: Any) -> None:
    assert not match_event(rulebook(detecting(selection=selection)), CLAIM)


@pytest.mark.parametrize(
    ("selection", "message"),
    [
        ({"names|phrase": "saraya"}, "names is a list of names: a phrase never holds there"),
        ({"names|expand": "%proxies%"}, "the names of a list never holds there"),
        (
            {"names|contains": "al-Jihad"},
            "names are folded: 'al-Jihad' is in none (write al jihad)",
        ),
        ({"names|gte": 3}, "a comparison never holds there"),
    ],
    ids=str,
)
def test_what_no_name_can_hold_is_refused(selection: Any, message: str) -> None:
    _, (fault,) = compiled(detecting(selection=selection))

    assert message in str(fault)


def test_the_spans_are_those_of_the_names() -> None:
    event = report("Saraya al-Jihad fired.", title="By Usbat al-Thairin")

    (match,) = match_event(rulebook(detecting(selection={"names|exists": True})), event)

    words = f"{event.title}\n{event.text}"
    spelled = [words[span.start : span.end] for span in match.spans]
    assert spelled == ["Usbat al-Thairin", "Saraya al-Jihad"]


def test_a_rule_may_count_and_group_by_names() -> None:
    base = detecting("claim", selection={"names": "Saraya*"})
    grouped = rulebook(base, correlating("many", ["claim"], group_by=["names"]))

    assert [signal.group for signal in make_signals(grouped, CLAIM)] == [
        {"names": "Saraya al Jihad"}
    ]


@given(TEXTS, TEXTS)
def test_the_unknown_names_of_any_report_lie_within_its_words(title: str, text: str) -> None:
    event = Event.model_construct(**report("x").__dict__ | {"title": title, "text": text})

    for match in match_event(rulebook(detecting(selection={"names|exists": True})), event):
        for span in match.spans:
            assert 0 <= span.start < span.end <= len(f"{title}\n{text}")


def test_a_name_whose_head_noun_ends_a_member_of_a_list_is_known() -> None:
    groups = NamedList.model_validate(
        {"name": "groups", "members": [{"id": "sons", "name": "Sons Front"}]}
    )
    book = rulebook(lists=(groups,))

    assert derive_values(book, report("The Sons Front attacked."), "names") == ()
    assert derive_values(book, report("The Lions Front attacked."), "names") == ("Lions Front",)
