"""What phrases with lists in them find in reports, and by which words an alert shows it."""

from typing import Any

import pytest

from services.matcher.domain.detection.fields import words as words_of
from services.matcher.domain.rules.compile_pack import compile_packs
from services.matcher.domain.rules.matching import match_event
from services.matcher.domain.rules.rulebook import Rulebook
from tests.matcher.rules import compiled, detecting, pack_of, report, word_list

APPOINT = word_list(
    "appoint",
    en=["appoint/v", "swear/v in", "(put|place/v) ~1 in charge", "name/v ~3~ successor/n"],
    ar=["عين|عين|تعيين/v", "أدى ~2 اليمين"],
    except_=["عينا"],
)
ROLE = word_list("role", en=["leader/n", "secretary general"], ar=["قائد|قادة/n", "أمين عام"])
HEAD = word_list("head", en=["%role%", "head of the %role%"])


def book_of(phrase: str | list[str], modifier: str = "phrase", field: str = "words") -> Rulebook:
    rule = detecting(selection={f"{field}|{modifier}": phrase})
    book, faults = compiled(rule, words=(APPOINT, ROLE, HEAD))
    assert not faults, [str(fault) for fault in faults]
    return book


def find_all(phrase: str | list[str], text: str, modifier: str = "phrase") -> list[str] | None:
    """The words that are marked; None if the rule does not match."""
    event = report(text)
    matches = match_event(book_of(phrase, modifier), event)
    written = words_of(event)
    return [written[start:end] for start, end in matches[0].spans] if matches else None


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("The council appointed him.", ["appointed"]),
        ("They are appointing a chief.", ["appointing"]),
        ("He was sworn in on Monday", ["sworn in"]),
        ("They put him in charge", ["put him in charge"]),
        ("placed in charge", ["placed in charge"]),
        ("They named Ali as a successor", ["named Ali as a successor"]),
        ("the successor was named", ["successor was named"]),
        ("وسيعينونه غدا", ["وسيعينونه"]),
        ("تم تعيين قائد", ["تعيين"]),
        ("أدى السيد اليمين", ["أدى السيد اليمين"]),
    ],
)
def test_a_list_is_met_in_any_form_of_its_entries(text: str, marked: list[str]) -> None:
    assert find_all("%appoint%", text) == marked


@pytest.mark.parametrize(
    "text",
    [
        "An appointment was made",
        "He swore to come in",
        "They put the old man down in charge",
        "in charge they put him",
        "They named a man who would follow as successor",
        "عينا",
        "Nothing",
    ],
)
def test_a_list_is_met_by_nothing_else(text: str) -> None:
    assert find_all("%appoint%", text) is None


def test_words_of_a_list_stand_near_those_of_another() -> None:
    phrase = "%appoint% ~3 %role%"

    assert find_all(phrase, "They appointed Ali as new leader.") == ["appointed Ali as new leader"]
    assert find_all(phrase, "They swore in the secretary general") == [
        "swore in the secretary general"
    ]
    assert find_all(phrase, "They appointed Ali, a man of the south, as leader") is None
    assert find_all(phrase, "The leader appointed Ali") is None


def test_a_gap_of_both_sides_is_met_in_either_order() -> None:
    phrase = "%appoint% ~2~ %role%"

    assert find_all(phrase, "The leader was appointed") == ["leader was appointed"]
    assert find_all(phrase, "They appointed a leader") == ["appointed a leader"]
    assert find_all(phrase, "The leader of the group was appointed") is None


def test_a_gap_at_the_end_counts_the_words_of_all_gaps() -> None:
    phrase = "%appoint% %role% iraq ~3"

    assert find_all(phrase, "appointed a leader of all Iraq") == ["appointed a leader of all Iraq"]
    assert find_all(phrase, "appointed a new leader of all Iraq") is None


def test_words_of_a_rule_stand_beside_lists_and_may_be_longer() -> None:
    assert find_all("new %role% appoint*", "a new leader appoints") == ["new leader appoints"]
    assert find_all("(new|old) %role%", "the old leader") == ["old leader"]


def test_several_lists_stand_for_any_of_them() -> None:
    assert find_all("%appoint|role%", "a leader is appointed") == ["leader", "appointed"]


def test_a_list_may_name_another() -> None:
    assert find_all("%head%", "the head of the leaders") == ["head of the leaders", "leaders"]


def test_a_list_of_members_stands_in_a_phrase() -> None:
    assert find_all("%proxies% ~2 %appoint%", "Kata'ib Hezbollah has appointed Ali") == [
        "Kata'ib Hezbollah has appointed"
    ]
    assert find_all("%proxies% ~2 %appoint%", "Hamas has appointed Ali") is None


def test_a_phrase_with_lists_does_not_go_from_the_title_into_the_text() -> None:
    book = book_of("%appoint% ~3 %role%")

    assert not match_event(book, report("leader", title="appointed"))
    assert match_event(book, report("x", title="appointed leader"))


def test_a_phrase_with_lists_is_looked_for_in_its_field_alone() -> None:
    book = book_of("%appoint%", field="title")

    assert match_event(book, report("x", title="Ali appointed"))
    assert not match_event(book, report("appointed", title="Ali"))


def test_lists_stand_in_a_sentence_with_other_phrases() -> None:
    parts = ["%appoint%", "%role%", "iraq*"]

    assert find_all(parts, "They appointed an Iraqi leader", "near") == [
        "appointed", "Iraqi", "leader"
    ]  # fmt: skip
    assert find_all(parts, "They appointed Ali. Iraq has no leader", "near") is None


def test_the_values_of_a_list_field_that_hold_a_list_are_selected() -> None:
    book = book_of("%role%", field="actors")

    (match,) = match_event(book, report("x", actors=("a leader", "a man")))

    assert match.members("actors") == ("a leader",)


@pytest.mark.parametrize(
    ("phrase", "message"),
    [
        ("%apoint%", "there is no list 'apoint' (did you mean appoint?)"),
        ("%appoint% ~2", "~2 needs two words to be between"),
        ("~2 %appoint%", "~2 stands between two words"),
        ("%appoint% ~0 leader", "~0: between 1 and 50"),
        ("%appoint% ~x leader", "write ~N, with a number of words"),
        ("%appoint% ~2 ~3 leader", "~3 stands between two words"),
        ("%appoint% (a|b", "a bracket is missing"),
        ("%appoint% leader/n", "a tag belongs into a list of words"),
        ("%appoint% lead*er", "* ends a word"),
        ("%appoint|%", "a name is missing beside |"),
        ("%Appoint%", "a list is written %name%"),
    ],
)
def test_what_is_no_phrase_is_refused(phrase: str, message: str) -> None:
    rule = detecting(selection={"words|phrase": phrase})
    _, (fault,) = compiled(rule, words=(APPOINT,))

    assert str(fault).startswith("rule.yaml:1: detection.selection.words|phrase: ")
    assert message in str(fault)


def test_a_list_of_words_has_no_members() -> None:
    rule = detecting(selection={"entities|expand": "%appoint%"})
    _, (fault,) = compiled(rule, words=(APPOINT,))

    assert "appoint is a list of words, which no member of entities is" in str(fault)
    assert "words|phrase: '%appoint%'" in str(fault)


def test_a_rule_is_asked_only_where_its_rarest_part_may_be() -> None:
    book = book_of("%appoint% ~3 %role%")
    (pack,) = book.packs

    assert not pack.index.always


def pack_using(*uses: str, **parts: Any) -> Rulebook:
    core = pack_of(name="core", lists=(), words=(APPOINT, ROLE, HEAD))
    rule = detecting(selection={"words|phrase": "%head%"})
    book, faults = compile_packs([core, pack_of(rule, uses=uses, **parts)])
    assert not faults, [str(fault) for fault in faults]
    return book


def test_a_pack_names_the_lists_of_the_packs_that_it_uses() -> None:
    assert match_event(pack_using("core"), report("the leaders"))


def test_a_pack_extends_a_list_also_where_a_used_list_names_it() -> None:
    more = word_list("role", en=["sheikh/n"], extends="core")
    book = pack_using("core", words=(more,))

    assert match_event(book, report("the sheikhs"))
    assert match_event(book, report("the leaders"))
    core = next(pack for pack in book.packs if pack.name == "core")
    assert "sheikh" not in core.lists.words["role"].singles


def test_two_packs_share_the_lists_that_they_use() -> None:
    core = pack_of(name="core", lists=(), words=(APPOINT,))
    one, other = (pack_of(name=name, uses=("core",)) for name in ("one", "other"))
    book, _ = compile_packs([core, one, other])

    assert len({id(pack.lists.words["appoint"]) for pack in book.packs}) == 1


@pytest.mark.parametrize(
    ("phrase", "text", "marked"),
    [
        ("وساطة", "وساطة ووساطة فوساطة", ["وساطة", "ووساطة", "فوساطة"]),
        ("%role% ~2 حتى", "وأمين عام وحتى قائد", ["وأمين عام وحتى"]),
        ("أحد", "فأحد القادة", ["فأحد"]),
        ("أحد", "وواحد منهم", None),
        ("قف", "وقف القتال", None),
        ("قد", "وقد وقف", ["وقد"]),
    ],
)
def test_an_arabic_word_as_written_may_follow_a_conjunction(
    phrase: str, text: str, marked: list[str] | None
) -> None:
    assert find_all(phrase, text) == marked
