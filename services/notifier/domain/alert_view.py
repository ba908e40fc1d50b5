"""What every receiver shows of an alert, before its own formatting."""

from collections.abc import Iterable
from dataclasses import dataclass

from schemas.alert import Alert, Evidence, Span, Status
from services.notifier.domain.ports import Notice

MOST_EVIDENCE = 10
LONGEST_EXCERPT = 400
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
    return AlertView(
        state=name_state(alert),
        summary=join_lines(alert.summary) or alert.rule.title,
        rule=alert.rule.title,
        pack=alert.pack,
        group=tuple(sorted(alert.group.items())),
        flags=tuple(list_flags(notice)),
        evidence=tuple(_view_evidence(evidence) for evidence in shown),
        hidden_count=max(alert.evidence_count, len(alert.evidence)) - len(shown),
        explain=join_lines(alert.explain),
        action=alert.action,
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


def join_lines(text: str) -> str:
    """The text with every run of white space replaced by one space."""
    return " ".join(text.split())


def cut(text: str, longest: int) -> str:
    """The text, or its beginning with an ellipsis, in `longest` characters at most."""
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _view_evidence(evidence: Evidence) -> EvidenceView:
    return EvidenceView(
        source=evidence.source,
        grade=evidence.grade,
        time=f"{evidence.occurred_at:%Y-%m-%d %H:%M}",
        title=join_lines(evidence.title) if evidence.title else None,
        url=evidence.url,
        excerpt=tuple(split_excerpt(evidence.excerpt or "", evidence.spans)),
    )


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
    return [run for run in runs if run.text]


def _clip_spans(text: str, spans: Iterable[Span]) -> list[tuple[int, int]]:
    clipped = ((max(0, span.start), min(len(text), span.end)) for span in spans)
    return sorted(span for span in clipped if span[0] < span[1])


def _choose_bounds(text: str, matches: list[tuple[int, int]]) -> tuple[int, int]:
    if len(text) <= LONGEST_EXCERPT:
        return 0, len(text)
    first = matches[0][0] if matches else 0
    begin = max(0, min(first - LEAD, len(text) - LONGEST_EXCERPT))
    return begin, begin + LONGEST_EXCERPT


def _build_footer(alert: Alert) -> str:
    parts = [
        f"since {alert.starts_at:%Y-%m-%d %H:%M} UTC",
        f"alert {alert.id}, revision {alert.revision}",
        alert.reason or "",
    ]
    return " · ".join(part for part in parts if part)
