import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.adapters.intake import Intake
from services.ingest.adapters.language import load_detector
from tests.fakes import FakePublisher
from tests.ingest.builders import NOON, REUTERS

DETECT = load_detector()
WORDS = {
    "en": "Rockets hit the base north of the capital on Friday.",
    "ar": "سقوط صواريخ على قاعدة عسكرية شمال العاصمة مساء الجمعة",
    "fa": "موشک‌ها به پایگاهی در شمال پایتخت اصابت کردند",
    "fr": "Des roquettes ont touché la base au nord de la capitale.",
    "tr": "Başkentin kuzeyindeki üsse roketler isabet etti.",
}


@pytest.mark.parametrize(("code", "words"), WORDS.items())
def test_a_language_is_found(code: str, words: str) -> None:
    assert DETECT(words) == code


@pytest.mark.parametrize("words", ["", "Badr", "12:00 (33.5) @#", "\n\n", "a b c"])
def test_too_few_words_have_none(words: str) -> None:
    assert DETECT(words) is None


# without halves of surrogate pairs, which no event has: such a report is refused
@given(st.text())
def test_no_words_raise(words: str) -> None:
    DETECT(words)


async def test_a_report_without_a_language_gets_it_and_its_id_stays() -> None:
    publisher = FakePublisher(partitions=1)
    reports = [{"text": WORDS["ar"]}, {"text": WORDS["ar"], "language": "xx"}, {"text": "Badr"}]
    plain = FakePublisher(partitions=1)

    await Intake(publisher, lambda: NOON, detect_language=DETECT).take(reports, REUTERS)
    await Intake(plain, lambda: NOON).take(reports, REUTERS)

    events, others = (json.loads(each.published[0].value) for each in (publisher, plain))
    assert [event.get("language") for event in events] == ["ar", "xx", None]
    assert [event["id"] for event in events] == [event["id"] for event in others]
