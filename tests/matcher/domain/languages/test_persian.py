"""The forms of Persian words, right ones, and wrong ones that must not be."""

import pytest

from services.matcher.domain.languages.known import LANGUAGES
from services.matcher.domain.languages.language import InvalidStems
from services.matcher.domain.text.fold import fold

PERSIAN = LANGUAGES["fa"]


def forms(tag: str, *stems: str) -> set[str]:
    return {fold(form).strip() for form in PERSIAN.inflections[tag](stems)}


def folded(words: str) -> set[str]:
    return set(fold(words).split())


def test_a_verb_has_its_persons_in_past_and_present_with_and_without_mi() -> None:
    found = forms("v", "کرد", "کن")

    assert folded("کردم کرد کردند می‌کرد می‌کنند کند بکنند کرده کرده‌اند کردن") <= found


@pytest.mark.parametrize("denied", ["نکرد", "نمی‌کند", "نکنند", "نکرده"])
def test_a_denied_form_is_none_of_the_verb(denied: str) -> None:
    assert folded(denied).isdisjoint(forms("v", "کرد", "کن"))


def test_a_present_stem_in_a_vowel_is_joined_to_its_person() -> None:
    assert folded("گوید می‌گویند") <= forms("v", "گفت", "گو")


@pytest.mark.parametrize(
    ("stems", "expected"),
    [
        (("رهبر",), "رهبر رهبری رهبرها رهبرهای رهبرشان رهبر‌های"),
        (("حمله",), "حمله حمله‌ای حمله‌ی حمله‌ها حمله‌های حمله‌اش"),
        (("نیرو",), "نیروی نیروها نیروهای نیرویی نیروهایش نیرویشان"),
        (("سرباز", "سربازان"), "سربازان سربازانش سربازانشان"),
    ],
    ids=["consonant", "silent he", "vowel", "plural of its own"],
)
def test_a_noun_has_ezafe_plurals_owners_and_the_indefinite_ye(
    stems: tuple[str, ...], expected: str
) -> None:
    assert folded(expected) <= forms("n", *stems)


def test_letters_of_either_keyboard_and_a_half_space_are_one_word() -> None:
    assert fold("مي‌كند") == fold("می‌کند") == fold("میکند")
    assert fold("۱۲") == fold("١٢") == " 12 "


def test_a_verb_without_its_present_stem_is_refused() -> None:
    with pytest.raises(InvalidStems, match="two stems"):
        PERSIAN.inflections["v"](["کرد"])
