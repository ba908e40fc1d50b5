"""The sentences that a report is cut into, and which of them names whom."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from services.matcher.domain.detection.mentions import MemberMention
from services.matcher.domain.says.cut_sentences import SentenceText, cut_sentences
from services.matcher.domain.says.sentence import NamedMember
from services.matcher.domain.text.report_words import WordRange
from services.matcher.domain.text.scan import ScanResult, WordSpan

_TITLE, _TEXT = "title", "text"
_FIELDS = (_TITLE, _TEXT)


class Cuts(NamedTuple):
    """The sentences of the report, the field of each, and where it starts in the folded texts."""

    sentences: Sequence[SentenceText]
    fields: Sequence[str]
    starts: Sequence[int]

    def following(self, number: int) -> int | None:
        """The sentence that is read next: behind a title the first of the text."""
        fields = self.fields
        if fields[number : number + 1] == fields[number + 1 : number + 2]:
            return number + 1
        return fields.index(_TEXT) if fields[number] == _TITLE and _TEXT in fields else None


def cut_report(scan: ScanResult) -> Cuts:
    """The sentences of title and text in order."""
    sentences, fields = list[SentenceText](), list[str]()
    ends = (*scan.starts[1:], len(scan.folded))
    for text, start, end in zip(scan.texts, scan.starts, ends, strict=True):
        if text.field in _FIELDS:
            sentences += cut_sentences(text.raw, scan.folded[start:end], start)
            fields += [text.field] * (len(sentences) - len(fields))
    return Cuts(sentences, fields, [sentence.start for sentence in sentences])


def find_named_members(
    cuts: Cuts, mentions: Iterable[MemberMention]
) -> Mapping[int, Sequence[NamedMember]]:
    """Who is named, by sentence, in order."""
    by_number: dict[int, list[NamedMember]] = {}
    named = {mention.span: mention.member for mention in mentions}
    for span in sorted(named):
        number = bisect_right(cuts.starts, span[0]) - 1
        if number >= 0 and (place := _find_words(cuts.sentences[number], span)):
            by_number.setdefault(number, []).append(NamedMember(named[span], place))
    return by_number


def _find_words(sentence: SentenceText, span: WordSpan) -> WordRange | None:
    """The words of a sentence at these letters of the folded texts; None: it has not all."""
    start, end = span[0] - sentence.start, span[1] - sentence.start
    if end >= len(sentence.words):
        return None
    first = sentence.words.count(" ", 0, start) - 1
    return WordRange(first, first + sentence.words.count(" ", start, end) + 1)
