"""Sentences that refer to whom the sentence before names: *he*, *the group*, *the two*."""

import pytest

from services.matcher.domain.detection.fields import words as words_of
from services.matcher.domain.rules.matching import match_event
from tests.matcher.rules import LEBANESE, PROXIES, compiled, detecting, report, word_list

WORDS = (
    word_list("attack", en=["attack/v"], ar=["استهدف|ستهدف|استهداف/v"]),
    word_list("denied", en=["not"]),
    word_list("other_actor", en=["minister", "police"], ar=["وزير"]),
)
ATTACKS = "%proxies% > %attack%"
TOGETHER = "%proxies% ~3~ %proxies%"


def marked(text: str, *parts: str, title: str | None = None) -> list[str] | None:
    """The words that an alert would mark; None: no sentence says it."""
    rule = detecting(selection={"words|says": [*parts]})
    book, faults = compiled(rule, words=WORDS, lists=(PROXIES, LEBANESE))
    assert not faults, [str(fault) for fault in faults]
    event = report(text, title=title)
    written = words_of(event)
    matched = next(iter(match_event(book, event)), None)
    return [written[start:end] for start, end in matched.spans] if matched else None


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("Badr met on Friday. Hours later the group attacked a ship.", ["the group", "attacked"]),
        ("Badr was silent. The armed group attacked a ship.", ["The armed group", "attacked"]),
        ("A man of Badr spoke. He attacked a ship.", ["He", "attacked"]),
        ("Badr was silent. On Friday its fighters attacked a ship.", ["its fighters", "attacked"]),
        ("Badr met on Friday. They attacked a ship.", ["They", "attacked"]),
        ("Badr and AAH met on Friday. They attacked a ship.", None),
        ("Badr fears AAH. Its fighters attacked a ship.", ["Its fighters", "attacked"]),
        ("Badr fears AAH. The group attacked a ship.", None),
        ("Badr fears us, AAH said. Its fighters attacked a ship.", None),
        ("After Badr left, AAH stayed. Its fighters attacked a ship.", None),
        ("Badr met on Friday. It attacked a ship.", None),
        ("Badr met the police. The movement attacked a ship.", None),
        ("Badr and AAH met. The movement attacked a ship.", None),
        ("The minister met Badr. He attacked a ship.", None),
        ("The minister was hit by Badr. He attacked a ship.", None),
        ("Badr met on Friday. The leader of a gang attacked a ship.", None),
        ("Badr met on Friday. It rained. The group attacked a ship.", None),
        ("Badr met on Friday. The group did not attack a ship.", None),
        ("اجتمعت كتائب حزب الله. ثم استهدفت الكتائب سفينة.", ["استهدفت", "الكتائب"]),
        ("اجتمعت كتائب حزب الله. واستهدف الناطق باسمها سفينة.", ["واستهدف", "الناطق باسمها"]),
    ],
)
def test_who_a_sentence_is_about_does_what_the_next_says_of_him(
    text: str, marks: list[str] | None
) -> None:
    assert marked(text, ATTACKS) == marks


def test_a_text_refers_to_whom_its_title_names() -> None:
    assert marked("He attacked a ship.", ATTACKS, title="Badr warns") == ["He", "attacked"]


def test_a_name_in_the_sentence_itself_is_not_referred_to() -> None:
    text = "Badr met on Friday. The leader AAH chose attacked a ship."
    assert marked(text, ATTACKS) == ["AAH", "attacked"]


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("Badr met AAH on Friday. The two agreed.", ["The two", "agreed"]),
        ("Badr met on Friday. The two agreed.", None),
        ("Badr, AAH and Hezbollah met. The two agreed.", None),
        ("Badr met AAH and the minister spoke. The two agreed.", None),
    ],
)
def test_the_two_are_both_whom_the_sentence_before_names(
    text: str, marks: list[str] | None
) -> None:
    assert marked(text, TOGETHER, "agreed") == marks
