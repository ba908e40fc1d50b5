"""Who undergoes an act, and what belongs to its doer."""

import pytest

from tests.matcher.domain.says.lists import LISTS
from tests.matcher.saying import outcomes, says

KIDNAPPED = "%kidnap% > %us_person%"


@pytest.mark.parametrize(
    "text",
    [
        "Gunmen kidnapped an American contractor.",
        "Gunmen in Baghdad abducted three Iraqis and an American contractor.",
        "An American contractor was kidnapped in Baghdad.",
        "An American contractor was reportedly kidnapped by gunmen.",
        "American contractor kidnapped in Baghdad",
        "The kidnapping of an American contractor shocked the city.",
        "American hostage seen in a video.",
        "اختطاف مواطن أمريكي في بغداد",
        "خطف مسلحون مواطنا أمريكيا في بغداد.",
        "تم اختطاف مواطن أمريكي",
        "مواطن أمريكي تعرض للخطف في بغداد",
        "خطف مسلحون مجهولون مواطنا أمريكيا",
    ],
)
def test_it_undergoes_the_act(text: str) -> None:
    assert says(LISTS, text, KIDNAPPED)


@pytest.mark.parametrize(
    "text",
    [
        "US soldiers kidnapped a man.",
        "US soldiers said a man was kidnapped.",
        "A man was kidnapped near an American contractor.",
        "Gunmen kidnapped a man, US soldiers said.",
        "A man was kidnapped by US soldiers.",
        "Gunmen kidnapped a man but Americans left.",
        "Gunmen vowed to kidnap Americans.",
        "كشف الجيش مخططا لاختطاف مواطن أمريكي",
    ],
)
def test_it_does_not_undergo_the_act(text: str) -> None:
    assert not says(LISTS, text, KIDNAPPED)


@pytest.mark.parametrize(
    ("text", "attacked"),
    [
        ("KH attacked US forces.", {"us"}),
        ("US forces attacked KH.", set()),
        ("US forces were attacked by KH.", {"us"}),
        ("استهدفت كتائب حزب الله القوات الأمريكية", {"us"}),
        ("استهدفت القوات الأمريكية كتائب حزب الله", set()),
        ("استهداف القوات الأمريكية قرب بغداد", {"us"}),
    ],
)
def test_a_member_undergoes_it(text: str, attacked: set[str]) -> None:
    (outcome,) = outcomes(LISTS, text, "%attack% > %us_forces%")
    assert {
        undergoer for meeting in outcome.meetings for undergoer in meeting.undergoers
    } == attacked


RESTRAINT = ("%groups% > %order%", "own ~2 %fighter%")


@pytest.mark.parametrize(
    "text",
    [
        "KH ordered its men home.",
        "KH told all its loyal fighters to leave.",
        "Hamidawi ordered KH brigades home.",
        "Fighters of Badr were told by Hadi al-Ameri to leave.",
        "دعا الحميداوي مقاتليه إلى الهدوء.",
        "أمرت كتائب حزب الله عناصرها بالهدوء.",
        "دعا الحميداوي مقاتلي كتائب حزب الله إلى الهدوء.",
    ],
)
def test_it_belongs_to_the_doer(text: str) -> None:
    assert says(LISTS, text, *RESTRAINT)


@pytest.mark.parametrize(
    "text",
    [
        "Hamidawi ordered AAH brigades home.",
        "KH ordered some fighters home.",
        "KH told foreign fighters to leave.",
    ],
)
def test_it_does_not_belong_to_the_doer(text: str) -> None:
    assert not says(LISTS, text, *RESTRAINT)


def test_what_undergoes_an_act_may_belong_to_its_doer() -> None:
    assert says(LISTS, "KH ordered its men home.", "%groups% > %order% > own ~2 %fighter%")
    assert not says(LISTS, "KH ordered some men home.", "%groups% > %order% > own ~2 %fighter%")


def test_one_name_does_not_undergo_what_it_does() -> None:
    assert says(LISTS, "KH attacked Badr.", "%groups% > %attack% > %groups%")
    assert not says(LISTS, "KH attacked.", "%groups% > %attack% > %groups%")
