"""Passages: successive sentences together, no more than the model has to read."""

from services.matcher.domain.detection.report_sentences import ReportSentences
from services.matcher.domain.reader.passages import LONGEST, MOST_READ, WORDS, cut_passages
from services.matcher.domain.rules.matching import view_event
from tests.matcher.rules import detecting, report, rulebook


def _sentences(text: str, title: str | None = None) -> ReportSentences:
    book = rulebook(detecting(selection={"words|phrase": "anything"}))
    ((_, view),) = view_event(book, report(text, title=title))
    return view.sentences()


def test_a_short_report_is_one_passage_with_its_title() -> None:
    (passage,) = cut_passages(
        _sentences("Rockets fell.\n Nobody was hurt.", "Attack on Taji"), "words"
    )
    assert passage.text == "Attack on Taji Rockets fell. Nobody was hurt."


def test_sentences_are_joined_up_to_a_number_of_words() -> None:
    half = "word " * (WORDS // 2 - 1) + "end. "
    passages = cut_passages(_sentences((half + "\n") * 3), "words")
    assert [passage.sentences for passage in passages] == [(0, 1), (2,)]


def test_a_sentence_longer_than_that_stands_alone() -> None:
    long = "word " * (WORDS + 1) + "end.\n"
    passages = cut_passages(_sentences(f"Short.\n{long}Short."), "words")
    assert [passage.sentences for passage in passages] == [(0,), (1,), (2,)]


def test_a_long_report_is_read_in_part() -> None:
    sentence = "word " * WORDS + "end.\n"
    assert len(cut_passages(_sentences(sentence * (MOST_READ + 3)), "words")) == MOST_READ


def test_a_passage_is_of_bounded_length() -> None:
    (passage,) = cut_passages(_sentences("x" * (LONGEST + 50)), "words")
    assert len(passage.text) == LONGEST


def test_a_report_without_words_has_no_passage() -> None:
    assert cut_passages(_sentences(" ", title=""), "words") == ()


def test_a_field_alone_is_read_alone() -> None:
    sentences = _sentences("Rockets fell.", "Attack on Taji")
    assert [passage.text for passage in cut_passages(sentences, "title")] == ["Attack on Taji"]
    assert [passage.text for passage in cut_passages(sentences, "text")] == ["Rockets fell."]
