import re

from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.matcher.domain.fold import fold, raw_stretch
from services.matcher.domain.raw_words import word_stretch

LETTERS = "as’'sß éا ءـً½ﷺœŁ\u200d\u0301\n-ſ"
WRITTEN = st.text(st.one_of(st.sampled_from(LETTERS), st.characters(exclude_categories=["Cs"])))


@settings(deadline=None, max_examples=500)
@given(WRITTEN)
@example("’s a’\u200ds b's's ' x' 'y")
@example("ـ aـ ـb ’ـs ½’s")
def test_a_word_is_found_where_its_letters_are(text: str) -> None:
    words = list(re.finditer("[^ ]+", fold(text)))

    for first, word in enumerate(words):
        for last in range(first, min(first + 3, len(words))):
            by_letter = raw_stretch(text, word.start(), words[last].end())
            assert word_stretch(text, first, last) == by_letter
