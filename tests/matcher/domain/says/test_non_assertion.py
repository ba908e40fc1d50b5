"""The kinds of what a sentence tells without asserting it, and the reports beside each of them."""

import pytest

from tests.matcher.domain.says.lists import LISTS
from tests.matcher.saying import is_said, says

ATTACKS = "%groups% > %attack%"
NOT_ASSERTED = {
    "a denial of a whole clause": [
        (
            "No sign has come that KH, the strongest of the armed groups of the south, attacked "
            "the ship."
        ),
        "The army denied reports on the radio that, at dawn, KH attacked the ship.",
        "لم يرد أي دليل على أن كتائب حزب الله استهدفت السفينة.",
        "نفت الحكومة أن تكون في مياه الخليج أمس كتائب حزب الله استهدفت السفينة.",
    ],
    "a supposition over a whole clause": [
        (
            "It is not known whether by day or by night and with how many men Hamidawi attacked "
            "the ship."
        ),
        "إذا ثبت في الأيام القليلة المقبلة بعد تحقيق طويل أن كتائب حزب الله استهدفت السفينة.",
    ],
    "a claim that is denied behind it": [
        (
            "The report that KH attacked the ship in the harbour of Basra on the night of Monday "
            "was false."
        ),
    ],
    "a condition without a word for it": [
        "Had KH attacked the ship, all would know.",
        "Should the militias of the south, which KH leads, one day attack the ship, all leave.",
        "Were Hamidawi to order that KH attacked the ship, all would know.",
    ],
    "who only supposes it, behind it": [
        "KH attacked the ship in the harbour of Basra on Monday night, analysts said.",
        "KH attacked the ship, according to rumours.",
        "KH attacked the ship and Badr left, a report that proved false.",
        "استهدفت كتائب حزب الله السفينة مساء أمس، بحسب محللين.",
        "استهدفت كتائب حزب الله السفينة، إن صحت الشائعات.",
        "استهدفت كتائب حزب الله السفينة، وهو ما نفته السفارة.",
    ],
    "who only supposes it, before it": [
        (
            "According to rumours on many pages of the south that nobody has read, KH attacked the "
            "ship."
        ),
        "يرى مراقبون من أهل المدينة القديمة الذين كتبوا أمس أن كتائب حزب الله استهدفت السفينة.",
    ],
    "a film, a drill or a forgery": [
        "KH attacked the ship in the harbour of Basra on the third of May in a film.",
        "In the new film, in which many men of the south act, KH attacked the ship.",
        "As part of an exercise of the navy of all states of the Gulf, KH attacked the ship.",
        "KH attacked the ship, says a fake letter.",
        "في فيلم عرض أمس في دور السينما في بغداد والبصرة، استهدفت كتائب حزب الله السفينة.",
        "استهدفت كتائب حزب الله السفينة، كما جاء في منشور مزيف.",
    ],
    "a past that dates the sentence": [
        "In 2007, with many men from the south and by night, KH attacked the ship.",
        "KH attacked the ship in the harbour of the town of Basra by night in 2007.",
        ("KH attacked the ship in the harbour of the town of Basra in 2007, a day marked today."),
        "قبل سنوات، ومع رجال كثيرين من أهل الجنوب، استهدفت كتائب حزب الله السفينة.",
    ],
    "a question without a mark": [
        "Did KH attack the ship",
        "Has the militia of KH attacked the ship",
        "هل استهدفت كتائب حزب الله السفينة",
    ],
    "an aside in an aside": [
        "KH, which could, the army said, attack the ship, left.",
    ],
}
ASSERTED = {
    "a plain report": [
        "KH attacked the ship, police said.",
        "KH attacked the ship, two men of the army told us.",
        "استهدفت كتائب حزب الله السفينة، بحسب مصدر أمني.",
    ],
    "words that only lead to it": [
        "After no word for days, KH attacked the ship.",
        "Despite talk that it might leave, KH attacked the ship.",
        "بعد أيام لم تهدأ، استهدفت كتائب حزب الله السفينة.",
    ],
    "what is so whatever is denied": [
        "The minister did not comment after KH attacked the ship.",
        "يرى مراقبون أن الأمر بدأ حين استهدفت كتائب حزب الله السفينة.",
    ],
    "a clause that has ended": [
        "Asked whether he knew of it, he left the hall, went home and saw KH attacked the ship.",
    ],
    "a supposition of another clause": [
        "KH attacked the ship, a move that analysts said was bold.",
        "KH attacked the ship, which was seen in a film.",
        "KH, according to police, attacked the ship.",
    ],
    "a noun with a clause of its own": [
        (
            "Police who had no idea of it saw the men of Hamidawi that night as KH attacked the "
            "ship."
        ),
    ],
    "a headline that drops who": ["Has come home: KH attacked the ship."],
}


@pytest.mark.parametrize("text", [text for texts in NOT_ASSERTED.values() for text in texts])
def test_it_is_told_and_not_asserted(text: str) -> None:
    assert not says(LISTS, text, ATTACKS)


@pytest.mark.parametrize("text", [text for texts in ASSERTED.values() for text in texts])
def test_it_is_asserted(text: str) -> None:
    assert says(LISTS, text, ATTACKS)


@pytest.mark.parametrize(
    "text",
    [text for kind, texts in NOT_ASSERTED.items() if "question" not in kind for text in texts],
)
def test_each_is_there_if_it_need_not_be_asserted(text: str) -> None:
    statement = LISTS.parse(ATTACKS, asserted=False)
    assert any(is_said(statement, scene) for scene in LISTS.scenes(text))
