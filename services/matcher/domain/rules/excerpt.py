"""Evidence: the event of a hit, with the words that matched."""

from typing import Any

from schemas.alert import LONGEST_FIELD, LONGEST_TITLE, Evidence, Span
from services.matcher.domain.detection.fields import WORDS_APART
from services.matcher.domain.rules.matching import RuleMatch
from services.matcher.domain.text.cut import ELLIPSIS, cut_key, cut_text, cut_values
from services.matcher.domain.text.fold import CharSpan
from services.report_text import find_boundary

MOST_SPANS = 20
LONGEST_SAID = 300
_BEFORE = 80


def make_evidence(match: RuleMatch) -> Evidence:
    """The event of a match as evidence, cut to fit; its spans are relative to the excerpt."""
    event = match.view.event
    excerpt, spans = _excerpt(event.title or "", event.text or "", match.spans)
    return Evidence(
        event_id=cut_key(event.id),
        source=cut_key(event.source),
        source_owner=None if event.source_owner is None else cut_key(event.source_owner),
        reliability=event.reliability,
        credibility=event.credibility,
        occurred_at=event.occurred_at,
        recorded_at=event.recorded_at,
        url=None if event.url is None else cut_text(event.url, LONGEST_FIELD),
        title=None if event.title is None else cut_text(event.title, LONGEST_TITLE),
        excerpt=excerpt or None,
        spans=spans[:MOST_SPANS],
        **(_read_sentences(match) if match.rule.sentence_tests else {}),
    )


def _read_sentences(match: RuleMatch) -> dict[str, Any]:
    return {
        "said": cut_text(match.said, LONGEST_SAID) or None,
        "doers": cut_values(match.members("doers")),
        "undergoers": cut_values(match.members("undergoers")),
    }


def _excerpt(title: str, text: str, spans: tuple[CharSpan, ...]) -> tuple[str, tuple[Span, ...]]:
    """Of the text; of the title when all spans are in the title."""
    start = len(title) + len(WORDS_APART) if title else 0
    in_text = [
        CharSpan(*(index - start for index in span)) for span in spans if span.start >= start
    ]
    if in_text or (text and not (spans and title)):
        return cut_excerpt(text, in_text)
    return cut_excerpt(title, list(spans))


def cut_excerpt(text: str, spans: list[CharSpan]) -> tuple[str, tuple[Span, ...]]:
    """At most 500 characters around the first span, and the spans that they hold whole."""
    if len(text) <= LONGEST_FIELD:
        return text, tuple(Span(start=span.start, end=span.end) for span in spans)
    room = LONGEST_FIELD - 2 * len(ELLIPSIS)
    first = spans[0].start if spans else 0
    start = min(max(0, first - _BEFORE), len(text) - room)
    start, end = find_boundary(text, start), start + room
    while start < end < find_boundary(text, end):
        end -= 1
    before, after = ELLIPSIS if start else "", ELLIPSIS if end < len(text) else ""
    shift = len(before) - start
    inside = (span for span in spans if start <= span.start and span.end <= end)
    shifted = tuple(Span(start=span.start + shift, end=span.end + shift) for span in inside)
    return f"{before}{text[start:end]}{after}", shifted
