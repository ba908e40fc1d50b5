"""The words of a report by number, and where a word stands in its texts."""

import pytest

from services.matcher.domain.text.report_words import ReportWords, WordRange

TEXTS = (" a bb ", " a c a ", " ", " bb a ")
WORDS = "".join(TEXTS).split()
STARTS = (0, 6, 13, 14)


@pytest.mark.parametrize("looks", [0, 100])
@pytest.mark.parametrize("repeated", [1, 50])
def test_a_word_stands_at_the_same_places_however_often_one_looks(
    looks: int, repeated: int
) -> None:
    letters = sum(map(len, TEXTS))
    starts = [start + letters * number for number in range(repeated) for start in STARTS]
    words = ReportWords("".join(TEXTS) * repeated, starts)

    for _ in range(looks):
        words.places("c")

    for word in ("a", "bb", "c", "b", "absent"):
        numbers = [at for at, each in enumerate(WORDS * repeated) if each == word]
        assert words.places(word) == [WordRange(at, at + 1) for at in numbers]
