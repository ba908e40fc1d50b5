"""What every receiver shows of an alert, before its own formatting: cleaned lines alone.

The headline says how bad it is, what changed, what it is and where; then what to do, how sure it
is, how old, and why; then each report once.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import quote

from schemas.alert import Alert, Evidence, Level, Span, Status
from services.notifier.domain.alert_facts import (
    describe_change,
    describe_sureness,
    describe_time,
    format_age,
    format_time,
    list_warnings,
)
from services.notifier.domain.entry import has_ended
from services.notifier.domain.ports import Notice
from services.report_text import clean_line, drop_hidden, find_boundary, isolate

MOST_EVIDENCE = 8
LONGEST_EXCERPT = 400
LONGEST_URL = 1000
LEAD = 80
ICONS = {
    Level.INFORMATIONAL: "⚪",
    Level.LOW: "🔵",
    Level.MEDIUM: "🟡",
    Level.HIGH: "🟠",
    Level.CRITICAL: "🔴",
}


@dataclass(frozen=True, slots=True)
class TextRun:
    """A piece of an excerpt; bold where a rule matched."""

    text: str
    bold: bool = False


@dataclass(frozen=True, slots=True)
class EvidenceView:
    """One report as shown: source, grade, time and words.

    `is_new`: since the last message. `script`: of words that are not in Latin letters.
    """

    source: str
    grade: str
    time: str
    title: str | None
    url: str | None
    excerpt: tuple[TextRun, ...]
    script: str | None = None
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class AlertView:
    """All that is shown of one revision; an end that follows a message is its headline alone.

    `facts`: labels and lines, the most urgent first. `summary`: None where the headline says it.
    """

    headline: str
    summary: str | None = None
    facts: tuple[tuple[str, str], ...] = ()
    evidence: tuple[EvidenceView, ...] = ()
    hidden_count: int = 0
    footer: str = ""


def build_view(notice: Notice) -> AlertView:
    """The view of a notice."""
    alert = notice.alert
    if has_ended(alert) and notice.before.status is not None:
        return AlertView(_build_end(notice), footer=_build_footer(alert))
    shown = alert.evidence[:MOST_EVIDENCE]
    summary, title = clean_line(alert.summary), clean_line(alert.rule.title)
    return AlertView(
        headline=_build_headline(notice),
        summary=summary if summary and summary != title else None,
        facts=tuple(_list_facts(alert, notice.in_hand)),
        evidence=tuple(_view_evidence(piece, notice) for piece in shown),
        hidden_count=max(alert.evidence_count, len(alert.evidence)) - len(shown),
        footer=_build_footer(alert),
    )


def choose_icon(alert: Alert) -> str:
    """The colour of the level; of an end, green only where the situation ended by itself."""
    if alert.status is Status.RESOLVED:
        return "✅" if alert.reason is None else "⏹️"
    return "↩️" if alert.status is Status.WITHDRAWN else ICONS[alert.level]


def _build_headline(notice: Notice) -> str:
    alert = notice.alert
    words = list_warnings(alert, possible_repeat=notice.possible_repeat)
    parts = [*words, alert.level.upper(), describe_change(notice.before, alert)]
    return f"{choose_icon(alert)} {' · '.join([*parts, *_name_subject(alert)])}"


def _build_end(notice: Notice) -> str:
    """One line: how it ended, what it was, why, how long it lasted."""
    alert = notice.alert
    words = list_warnings(alert, possible_repeat=notice.possible_repeat)
    lasted = f"after {format_age((alert.resolved_at or alert.updated_at) - alert.starts_at)}"
    count = f"{alert.evidence_count} report{'' if alert.evidence_count == 1 else 's'}"
    parts = [*words, alert.status.upper(), *_name_subject(alert), clean_line(alert.reason or "")]
    return f"{choose_icon(alert)} {' · '.join(part for part in [*parts, lasted, count] if part)}"


def _name_subject(alert: Alert) -> Iterator[str]:
    yield clean_line(alert.rule.title)
    for name, value in sorted(alert.group.items()):
        yield f"{clean_line(name)}: {clean_line(value)}"


def _list_facts(alert: Alert, in_hand: str | None) -> Iterator[tuple[str, str]]:
    facts = {
        "ACK": clean_line(in_hand or ""),
        "DO": clean_line(alert.action or ""),
        "SURE": describe_sureness(alert),
        "WHEN": describe_time(alert),
        "WHY": clean_line(alert.explain),
        "END": clean_line(alert.reason or ""),
    }
    return ((label, text) for label, text in facts.items() if text)


def _view_evidence(piece: Evidence, notice: Notice) -> EvidenceView:
    shown_at, learned = notice.before.sent_at, piece.recorded_at
    return EvidenceView(
        source=clean_line(piece.source),
        grade=piece.grade,
        time=format_time(piece.occurred_at, notice.alert.updated_at),
        title=clean_line(piece.title or "") or None,
        url=_read_url(piece.url),
        excerpt=tuple(split_excerpt(piece.excerpt or "", piece.spans)),
        script=name_script(f"{piece.title or ''} {piece.excerpt or ''}"),
        is_new=shown_at is not None and learned is not None and learned > shown_at,
    )


def name_script(text: str) -> str | None:
    """`Arabic` or another script that most letters are of; None for Latin ones."""
    names = Counter(
        unicodedata.name(letter, "").partition(" ")[0] for letter in text if letter.isalpha()
    )
    name = max(names, key=names.__getitem__, default="LATIN")
    return None if name == "LATIN" else name.capitalize()


def _read_url(url: str | None) -> str | None:
    """A web address, quoted; None if it is none, or too long to be shown whole."""
    if url is None or not url.lower().startswith(("http://", "https://")):
        return None
    quoted = quote(url, safe="%/:=&?~#+!$,;'@()*[]", errors="replace")
    return quoted if len(quoted) <= LONGEST_URL else None


def split_excerpt(text: str, spans: Iterable[Span]) -> list[TextRun]:
    """The text as runs, matched spans bold; cut to LONGEST_EXCERPT around the first match."""
    begin, end = _choose_bounds(text, matches := _clip_spans(text, spans))
    runs = [TextRun("…")] if begin else []
    position = begin
    for match_start, match_end in matches:
        start = max(match_start, position)
        stop = min(match_end, end)
        if start < stop:
            runs += [
                TextRun(text[position:start]),
                TextRun(text[start:stop], bold=True),
            ]
            position = stop
    runs += [TextRun(text[position:end]), TextRun("…" if end < len(text) else "")]
    return _clean_runs(runs)


def _clean_runs(runs: Iterable[TextRun]) -> list[TextRun]:
    """The runs without hidden characters, isolated as one text."""
    cleaned = [TextRun(drop_hidden(run.text), run.bold) for run in runs]
    text = "".join(run.text for run in cleaned)
    if not text.strip():
        return []
    before, _, after = isolate(text).partition(text)
    return [run for run in [TextRun(before), *cleaned, TextRun(after)] if run.text]


def _clip_spans(text: str, spans: Iterable[Span]) -> list[tuple[int, int]]:
    clipped = (
        (find_boundary(text, max(0, span.start)), find_boundary(text, min(len(text), span.end)))
        for span in spans
    )
    return sorted(span for span in clipped if span[0] < span[1])


def _choose_bounds(text: str, matches: list[tuple[int, int]]) -> tuple[int, int]:
    if len(text) <= LONGEST_EXCERPT:
        return 0, len(text)
    first = matches[0][0] if matches else 0
    begin = max(0, min(first - LEAD, len(text) - LONGEST_EXCERPT))
    return find_boundary(text, begin), find_boundary(text, begin + LONGEST_EXCERPT)


def _build_footer(alert: Alert) -> str:
    name = f"{clean_line(alert.pack)}/{clean_line(alert.rule.name)}"
    return f"{name} · {clean_line(alert.id)} · rev {alert.revision}"
