"""Who does an act: in every order and voice that reports use."""

import pytest

from tests.matcher.domain.says.lists import LISTS
from tests.matcher.saying import outcomes, says

ORDERS = "%groups% > %order%"


def doers_of(text: str, part: str = ORDERS) -> set[str]:
    """Who does the act in the only sentence of the text."""
    (outcome,) = outcomes(LISTS, text, part)
    return {doer for meeting in outcome.meetings for doer in meeting.doers}


@pytest.mark.parametrize(
    ("text", "doers"),
    [
        ("Kata'ib Hezbollah ordered its men home.", {"kh"}),
        ("The fighters were ordered home by Badr.", {"badr"}),
        ("Mahdi fighters were later ordered out of the city by the leader of Badr.", {"badr"}),
        ("Fighters ordered by KH left the city.", {"kh"}),
        ("KH was ordered to leave.", set()),
        ("KH was ordered to leave by the army.", set()),
        ("KH is ordering its men home.", {"kh"}),
        ("KH has ordered its men home.", {"kh"}),
        ("KH and Badr ordered their men home.", {"kh", "badr"}),
        ("KH, Badr and AAH ordered their men home.", {"kh", "badr", "aah"}),
        ("KH and the leader of Badr ordered their men home.", {"kh", "badr"}),
        ("The UN and KH ordered a halt.", {"kh"}),
        ("Badr chief Hadi al-Ameri ordered a halt.", {"badr"}),
        ("Abu Hussein al-Hamidawi ordered a halt.", {"kh"}),
        ("KH, led by Abu Hussein al-Hamidawi, ordered a halt.", {"kh"}),
        ("The group, led by Hamidawi, ordered a halt.", {"kh"}),
        ("KH, which the US army struck in December, ordered a halt.", {"kh"}),
        ("The minister, who met KH, ordered a halt.", set()),
        ("After talks with the president, Sadr asked his followers home.", {"sadrists"}),
        ("After talks with Sadr, the president asked his followers home.", set()),
        ("After talks with Sadr the president asked his followers home.", set()),
        ("The prime minister in talks with Sadr asked followers to leave.", set()),
        ("The minister said KH ordered its men home.", {"kh"}),
        ("KH said the minister ordered its men home.", set()),
        ("KH said it ordered its men home.", {"kh"}),
        ("The attack on KH ordered by Badr failed.", {"badr"}),
        ("Iraq's interior minister ordered KH to leave.", set()),
        ("KH orders men home", {"kh"}),
        ("The cleric Moqtada al-Sadr ordered a halt.", {"sadrists"}),
        ("Washington-backed groups ordered a halt.", set()),
        ("KH said Washington-backed groups ordered a halt.", {"kh"}),
    ],
)
def test_the_doer_of_an_order_is_found(text: str, doers: set[str]) -> None:
    assert doers_of(text) == doers


@pytest.mark.parametrize(
    ("text", "doers"),
    [
        ("KH names new chief", {"kh"}),
        ("KH's appointment of a new chief surprised many.", {"kh"}),
        ("The appointment of a new chief by KH surprised many.", {"kh"}),
        ("A new chief named by the minister", set()),
    ],
)
def test_a_headline_or_a_noun_has_a_doer(text: str, doers: set[str]) -> None:
    assert doers_of(text, "%groups% > %appoint%") == doers


@pytest.mark.parametrize(
    ("text", "doers"),
    [
        ("KH to boycott vote", {"kh"}),
        ("Sadr: Badr to boycott vote", {"badr"}),
        ("KH decided to boycott the vote.", {"kh"}),
        ("The UN said KH plans to boycott the vote.", {"kh"}),
        ("KH urges its men to boycott the vote.", {"kh"}),
        ("The army gave KH until Friday to boycott the vote.", set()),
        ("The minister asked KH to boycott the vote.", set()),
        ("Sadr called on the Badr to boycott the vote.", set()),
    ],
)
def test_who_is_to_do_it_does_it_unless_another_says_so(text: str, doers: set[str]) -> None:
    assert doers_of(text, "%groups% > %boycott%") == doers


def test_who_speaks_may_stand_behind_the_quotation() -> None:
    quotation = '"We will hit US forces," warned Badr'
    assert doers_of(f"{quotation}.", "%groups% > %warn%") == {"badr"}
    assert doers_of('"We will leave," Badr said.', "%groups% > %warn%") == {"badr"}


@pytest.mark.parametrize(
    ("text", "doers"),
    [
        ("أمرت كتائب حزب الله عناصرها بوقف العمليات.", {"kh"}),
        ("أمرت وزير الداخلية عناصر كتائب حزب الله بوقف العمليات.", set()),
        ("كتائب حزب الله تدعو إلى وقف العمليات", {"kh"}),
        ("الحكومة تدعو كتائب حزب الله إلى وقف العمليات", set()),
        ("القوات الأمريكية في العراق تدعو العصائب إلى الهدوء", set()),
        ("وبعد لقاء مع الصدر دعا رئيس الوزراء إلى الهدوء.", set()),
        ("وبعد لقاء مع رئيس الوزراء دعا الصدر إلى الهدوء.", {"sadrists"}),
        ("التقى الجيش المواطنين ودعا الصدر إلى الهدوء.", {"sadrists"}),
        ("قال وزير الداخلية إن كتائب حزب الله أمرت عناصرها.", {"kh"}),
        ("أيدت بدر الوقف الذي دعا إليه السيد مقتدى الصدر.", {"sadrists"}),
        ("أيدت بدر التي دعا إليها الصدر.", {"sadrists"}),
        ("بدر التي أمرت بها عناصرها بعد لقاء الصدر", {"badr"}),
        ("بدر التي أمرت أنصار الصدر إلى وقف العمليات", {"badr"}),
        ("أعلن الجيش الحداد وأمرت كتائب حزب الله والعصائب عناصرها.", {"kh"}),
        ("الحميداوي يدعو إلى الهدوء", {"kh"}),
    ],
)
def test_in_arabic_the_doer_stands_on_either_side(text: str, doers: set[str]) -> None:
    assert doers_of(text) == doers


@pytest.mark.parametrize(
    ("text", "doers"),
    [
        ("أعلنت كتائب حزب الله تعيين قائد جديد", {"kh"}),
        ("أعلن الجيش تعيين قائد جديد", set()),
        ("تم تعيين قائد جديد من قبل كتائب حزب الله", {"kh"}),
        ("تم تعيين قائد جديد من قبل رئيس الوزراء بعد لقاء كتائب حزب الله", set()),
    ],
)
def test_an_arabic_noun_has_a_doer(text: str, doers: set[str]) -> None:
    assert doers_of(text, "%groups% > %appoint%") == doers


def test_words_in_a_name_are_no_act() -> None:
    assert not says(LISTS, "Badr left.", "%us_forces% > %leave%")
    assert says(LISTS, "Badr left.", "%groups% > %leave%")


def test_words_in_a_name_count_where_nobody_has_to_act() -> None:
    assert says(LISTS, "Badr left.", "badr")
    assert not says(LISTS, "Badr left.", "%groups% > badr")


def test_parts_about_one_act_are_met_by_one_and_the_same() -> None:
    parts = ("%groups% > %attack%", "%attack% > %vessel%")
    assert says(LISTS, "KH attacked a ship.", *parts)
    assert not says(LISTS, "KH attacked a house and US forces hit a ship.", *parts)
    text = "KH attacked a house and US forces hit a ship."
    assert not says(LISTS, text, "%groups% > %attack% > %vessel%")
    assert says(LISTS, text, "%us_forces% > %attack% > %vessel%")


def test_a_name_among_the_words_of_an_act_does_it_if_nobody_else_does() -> None:
    part = "%groups% > convoy ~3 %leave%"
    assert doers_of("A convoy of KH pickups left the camp.", part) == {"kh"}
    given = "%groups% > gave ~3 two weeks"
    assert doers_of("KH gave the government two weeks.", given) == {"kh"}
