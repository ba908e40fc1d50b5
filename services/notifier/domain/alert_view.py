"""What every receiver shows of an alert, before its own formatting: cleaned lines alone.

The headline says how bad it is, what changed, what it is and where; then what to do, how sure it
is, how old, and why; then each report once.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from urllib.parse import quote

from schemas.alert import Alert, Evidence, Span
from services.notifier.domain.alert_facts import (
    describe_sureness,
    describe_time,
    format_time,
)
from services.notifier.domain.entry import has_ended
from services.notifier.domain.group_view import build_group_view
from services.notifier.domain.grouping.summary import find_only
from services.notifier.domain.headline import build_end, build_headline
from services.notifier.domain.ports import Notice
from services.notifier.domain.views import AlertView, EvidenceView, TextRun
from services.report_text import clean_line, drop_hidden, find_boundary, isolate

MOST_EVIDENCE = 8
LONGEST_EXCERPT = 400
LONGEST_URL = 1000
LEAD = 80
SEVERAL = 2


def build_view(notice: Notice) -> AlertView:
    """The view of a notice: of an alert, or of a group with several."""
    alert = notice.alert
    if notice.group is not None and find_only(notice.group) is None:
        return build_group_view(notice.group, is_repeated=notice.possible_repeat)
    if has_ended(alert) and notice.before.status is not None:
        return AlertView(build_end(notice), footer=_build_footer(alert))
    shown = alert.evidence[:MOST_EVIDENCE]
    summary, title = clean_line(alert.summary), clean_line(alert.rule.title)
    return AlertView(
        headline=build_headline(notice),
        summary=summary if summary and summary != title and alert.move is None else None,
        facts=tuple(_list_facts(alert, notice.in_hand)),
        evidence=tuple(_view_evidence(piece, notice) for piece in shown),
        hidden_count=max(alert.evidence_count, len(alert.evidence)) - len(shown),
        footer=_build_footer(alert),
    )


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
        role=_name_role(piece, notice.alert),
    )


def _name_role(piece: Evidence, alert: Alert) -> str:
    """`march_called + march_endorsed`; empty where all evidence is of the same rules."""
    if len({each.roles for each in alert.evidence}) < SEVERAL:
        return ""
    return clean_line(" + ".join(piece.roles))


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
