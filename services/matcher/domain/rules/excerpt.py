"""Evidence: the report behind a hit, with the words that matched."""

from schemas.alert import Evidence, Span
from services.matcher.domain.detection.fields import WORDS_APART
from services.matcher.domain.rules.matching import RuleMatch
from services.matcher.domain.text.fold import CharSpan

LONGEST_EXCERPT = 280
_BEFORE = 80
_CUT = "…"


def evidence(match: RuleMatch) -> Evidence:
    """The event as evidence; its spans are relative to the excerpt."""
    event = match.view.event
    excerpt, spans = _excerpt(event.title or "", event.text or "", match.spans)
    return Evidence(
        event_id=event.id,
        source=event.source,
        source_owner=event.source_owner,
        reliability=event.reliability,
        credibility=event.credibility,
        occurred_at=event.occurred_at,
        recorded_at=event.recorded_at,
        url=event.url,
        title=event.title,
        excerpt=excerpt or None,
        spans=spans,
    )


def _excerpt(title: str, text: str, spans: tuple[CharSpan, ...]) -> tuple[str, tuple[Span, ...]]:
    """Of the text around its first span; of the title, when the words stand only there."""
    start = len(title) + len(WORDS_APART) if title else 0
    in_text = [CharSpan(one.start - start, one.end - start) for one in spans if one.start >= start]
    if in_text or (text and not (spans and title)):
        return excerpt_of(text, in_text)
    return excerpt_of(title, list(spans))


def excerpt_of(text: str, spans: list[CharSpan]) -> tuple[str, tuple[Span, ...]]:
    """At most 280 characters around the first span, and the spans that are whole in them."""
    if len(text) <= LONGEST_EXCERPT:
        return text, tuple(Span(start=one.start, end=one.end) for one in spans)
    room = LONGEST_EXCERPT - 2 * len(_CUT)
    first = spans[0].start if spans else 0
    start = min(max(0, first - _BEFORE), len(text) - room)
    end = start + room
    before, after = _CUT if start else "", _CUT if end < len(text) else ""
    shift = len(before) - start
    inside = [one for one in spans if start <= one.start and one.end <= end]
    told = tuple(Span(start=one.start + shift, end=one.end + shift) for one in inside)
    return f"{before}{text[start:end]}{after}", told
