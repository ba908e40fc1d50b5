"""`doers` and `undergoers`: counted, grouped by, and in the signal."""

import pytest

from schemas.rule import NamedList, RuleDocument
from services.matcher.domain.rules.matching import match_event
from services.matcher.domain.rules.rulebook import Rulebook
from services.matcher.domain.rules.signals import make_signals
from tests.matcher.rules import (
    LEBANESE,
    PROXIES,
    compiled,
    correlating,
    detecting,
    report,
    word_list,
)

LEADERS = NamedList.model_validate(
    {
        "name": "leaders",
        "members": [{"id": "hamidawi", "name": "Abu Hussein al-Hamidawi", "parent": "kh"}],
    }
)
WORDS = (word_list("attack", en=["attack/v"]), word_list("back", en=["back/v"]))
ATTACK = detecting("attack", selection={"words|says": "%proxies% > %attack%"})
ATTACKED = detecting("attacked", selection={"words|says": "%attack% > %lebanese%"})
BACK = detecting("back", selection={"words|says": "%proxies% > %back%"})
PLAIN = detecting("plain", selection={"words|phrase": "attacked"})


def book_of(*documents: RuleDocument) -> Rulebook:
    book, faults = compiled(*documents, words=WORDS, lists=(PROXIES, LEBANESE, LEADERS))
    assert not faults, [str(fault) for fault in faults]
    return book


def faults_of(*documents: RuleDocument) -> list[tuple[str, str]]:
    _, faults = compiled(*documents, words=WORDS, lists=(PROXIES, LEBANESE, LEADERS))
    return [(fault.field, fault.message) for fault in faults]


TEXT = "Badr and Abu Hussein al-Hamidawi attacked Hezbollah. AAH was silent."


def test_doers_are_whom_the_own_says_finds_each_as_its_list_counts_him() -> None:
    (match,) = match_event(book_of(ATTACK), report(TEXT))
    assert match.members("doers") == ("badr", "kh")
    assert match.members("undergoers") == ()


def test_a_leader_and_his_group_are_one_doer() -> None:
    text = "Kata'ib Hezbollah and Abu Hussein al-Hamidawi attacked."
    (match,) = match_event(book_of(ATTACK), report(text))
    assert match.members("doers") == ("kh",)


def test_undergoers_are_whom_the_act_is_done_to() -> None:
    (match,) = match_event(book_of(ATTACKED), report(TEXT))
    assert match.members("undergoers") == ("hezbollah",)


def test_a_rule_without_says_finds_nobody() -> None:
    (match,) = match_event(book_of(PLAIN), report(TEXT))
    assert match.members("doers") == ()


def test_each_doer_is_a_group() -> None:
    count = correlating("many", ["attack"], group_by=["doers"])
    signals = make_signals(book_of(ATTACK, count), report(TEXT))
    assert [signal.group for signal in signals] == [{"doers": "badr"}, {"doers": "kh"}]


def test_doers_are_counted() -> None:
    condition = {"field": "doers", "gte": 3}
    count = correlating("three", ["attack"], type="value_count", condition=condition)
    (signal,) = make_signals(book_of(ATTACK, count), report(TEXT))
    assert signal.values == ("badr", "kh")


def test_a_template_reads_doers() -> None:
    alert = {"summary": "{{ doers | join(', ') }} attacked"}
    rule = ATTACK.model_copy(
        update={
            "alert": type(ATTACK)
            .model_validate(ATTACK.model_dump(by_alias=True) | {"alert": alert})
            .alert
        }
    )
    (signal,) = make_signals(book_of(rule), report(TEXT))
    assert signal.fields["doers"] == ("badr", "kh")


def test_base_rules_without_a_doer_cannot_be_grouped_or_counted_by_doers() -> None:
    grouped = correlating("many", ["attack", "plain"], group_by=["doers"])
    counted = correlating(
        "three", ["attacked"], type="value_count", condition={"field": "doers", "gte": 3}
    )
    assert faults_of(ATTACK, PLAIN, ATTACKED, grouped, counted) == [
        ("correlation.group-by.0", "no says of plain finds doers"),
        ("correlation.condition.field", "no says of attacked finds doers"),
    ]


def test_base_rules_grouped_by_doers_name_one_list() -> None:
    other = detecting("other", selection={"words|says": "%lebanese% > %attack%"})
    grouped = correlating("many", ["attack", "other"], group_by=["doers"])
    assert faults_of(ATTACK, other, grouped) == [
        ("correlation.group-by.0", "groups are of one list, not of lebanese and proxies")
    ]
    assert (
        faults_of(ATTACK, BACK, correlating("many", ["attack", "back"], group_by=["doers"])) == []
    )


@pytest.mark.parametrize("key", ["doers", "doers|exists", "undergoers|expand"])
def test_a_selection_cannot_ask_for_them(key: str) -> None:
    ((field, message),) = faults_of(detecting(selection={key: "%proxies%"}))
    assert field == f"detection.selection.{key}"
    assert "a rule's own says" in message
