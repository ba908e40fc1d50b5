"""What every receiver shows of an alert, before its own formatting: cleaned lines alone."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

from schemas.alert import Alert, Evidence, Span, Status
from services.notifier.domain.ports import Notice
from services.report_text import clean_line, drop_hidden, find_boundary, isolate

MOST_EVIDENCE = 8
LONGEST_EXCERPT = 400
LONGEST_URL = 1000
LEAD = 80


@dataclass(frozen=True, slots=True)
class TextRun:
    """A piece of an excerpt; bold where a rule matched."""

    text: str
    bold: bool = False


@dataclass(frozen=True, slots=True)
class EvidenceView:
    """One report as shown: source, grade, time and words."""

    source: str
    grade: str
    time: str
    title: str | None
    url: str | None
    excerpt: tuple[TextRun, ...]


@dataclass(frozen=True, slots=True)
class AlertView:
    """All that is shown of one revision."""

    state: str
    summary: str
    rule: str
    pack: str
    group: tuple[tuple[str, str], ...]
    flags: tuple[str, ...]
    evidence: tuple[EvidenceView, ...]
    hidden_count: int
    explain: str
    action: str | None
    footer: str

    @property
    def group_line(self) -> str:
        """`field: value` for each part of the group."""
        return ", ".join(f"{field}: {value}" for field, value in self.group)


def build_view(notice: Notice) -> AlertView:
    """The view of a notice."""
    alert = notice.alert
    shown = alert.evidence[:MOST_EVIDENCE]
    group = sorted(alert.group.items())
    return AlertView(
        state=name_state(alert),
        summary=clean_line(alert.summary) or clean_line(alert.rule.title),
        rule=clean_line(alert.rule.title),
        pack=clean_line(alert.pack),
        group=tuple((clean_line(field), clean_line(value)) for field, value in group),
        flags=tuple(list_flags(notice)),
        evidence=tuple(_view_evidence(evidence) for evidence in shown),
        hidden_count=max(alert.evidence_count, len(alert.evidence)) - len(shown),
        explain=clean_line(alert.explain),
        action=clean_line(alert.action or "") or None,
        footer=_build_footer(alert),
    )


def name_state(alert: Alert) -> str:
    """The level of a firing alert, else how it ended."""
    return (alert.level if alert.status is Status.FIRING else alert.status).upper()


def list_flags(notice: Notice) -> list[str]:
    """The warnings that hold for the alert."""
    alert = notice.alert
    flags = {
        "EXERCISE": alert.exercise,
        "uncorroborated": alert.uncorroborated,
        "late": alert.late,
        "backfill": alert.backfill,
        "possible repeat": notice.possible_repeat,
    }
    return [word for word, holds in flags.items() if holds]


def _view_evidence(evidence: Evidence) -> EvidenceView:
    return EvidenceView(
        source=clean_line(evidence.source),
        grade=evidence.grade,
        time=f"{evidence.occurred_at:%Y-%m-%d %H:%M}",
        title=clean_line(evidence.title or "") or None,
        url=_read_url(evidence.url),
        excerpt=tuple(split_excerpt(evidence.excerpt or "", evidence.spans)),
    )


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
    parts = [
        f"since {alert.starts_at:%Y-%m-%d %H:%M} UTC",
        f"alert {clean_line(alert.id)}, revision {alert.revision}",
        clean_line(alert.reason or ""),
    ]
    return " · ".join(part for part in parts if part)
