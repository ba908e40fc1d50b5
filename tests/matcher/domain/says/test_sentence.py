from services.matcher.domain.says.sentence import Sentence, WordRange
from services.matcher.domain.text.fold import fold


def test_words_of_a_sentence_are_found_in_the_folded_text() -> None:
    folded = fold("Badr left. Kata'ib Hezbollah orders its men home.")
    start = folded.index("kataib")
    sentence = Sentence(tuple(folded[start:].split()), "en", start=start)
    first, last = sentence.char_range(WordRange(2, 4))
    assert folded[first:last] == "orders its"
