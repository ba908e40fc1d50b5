"""Which language words are in."""

import pytest

from services.matcher.domain.text.fold import fold
from services.matcher.domain.text.sentence_language import find_language

ARABIC = "كتائب حزب الله تهدد القوات الأمريكية في العراق"
PERSIAN = "کتائب حزب‌الله پایگاه آمریکا را هدف قرار داد"
EITHER = "حمله کتائب حزب الله"


@pytest.mark.parametrize(
    ("text", "reported", "code"),
    [
        ("Kata'ib Hezbollah threatens U.S. forces.", None, "en"),
        (ARABIC, None, "ar"),
        (PERSIAN, None, "fa"),
        (EITHER, None, "ar"),
        (EITHER, "fa", "fa"),
        (EITHER, "fa-IR", "fa"),
        (PERSIAN, "ar", "ar"),
        (PERSIAN, "en", "fa"),
        ("12 345", None, ""),
        ("Полиция сообщила", "ru", ""),
        ("", None, ""),
    ],
)
def test_letters_decide_then_the_report_then_words_that_tell(
    text: str, reported: str | None, code: str
) -> None:
    assert find_language(fold(text).split(), reported) == code
