"""An alert laid out for reading, before any receiver gives it a form of its own."""

from collections.abc import Iterable
from dataclasses import dataclass

from schemas.alert import Alert, Evidence, Span, Status
from services.notifier.domain.ports import Notice

MOST_EVIDENCE = 10
LONGEST_EXCERPT = 400
LEAD = 80


@dataclass(frozen=True, slots=True)
class TextRun:
    """A stretch of text; bold where a rule matched."""

    text: str
    bold: bool = False


@dataclass(frozen=True, slots=True)
class EvidenceView:
    """One piece of evidence: where it is from, how good it is, and its words."""

    source: str
    grade: str
    time: str
    title: str | None
    url: str | None
    excerpt: tuple[TextRun, ...]


@dataclass(frozen=True, slots=True)
class AlertView:
    """All that a reader is shown of one revision."""

    state: str
    summary: str
    rule: str
    pack: str
    group: tuple[tuple[str, str], ...]
    flags: tuple[str, ...]
    evidence: tuple[EvidenceView, ...]
    more: int
    explain: str
    action: str | None
    footer: str

    @property
    def group_line(self) -> str:
        """`field: value` for each part of the group."""
        return ", ".join(f"{field}: {value}" for field, value in self.group)


def build_view(notice: Notice) -> AlertView:
    """The view of one notice."""
    alert = notice.alert
    shown = alert.evidence[:MOST_EVIDENCE]
    return AlertView(
        state=state(alert),
        summary=one_line(alert.summary) or alert.rule.title,
        rule=alert.rule.title,
        pack=alert.pack,
        group=tuple(sorted(alert.group.items())),
        flags=tuple(flags(notice)),
        evidence=tuple(_item(one) for one in shown),
        more=max(alert.evidence_count, len(alert.evidence)) - len(shown),
        explain=one_line(alert.explain),
        action=alert.action,
        footer=_footer(alert),
    )


def state(alert: Alert) -> str:
    """The level of a firing alert, else how it ended."""
    return (alert.level if alert.status is Status.FIRING else alert.status).upper()


def flags(notice: Notice) -> Iterable[str]:
    """The words that warn a reader."""
    alert = notice.alert
    marks = {
        "EXERCISE": alert.exercise,
        "uncorroborated": alert.uncorroborated,
        "late": alert.late,
        "backfill": alert.backfill,
        "possible repeat": notice.possible_repeat,
    }
    return [word for word, holds in marks.items() if holds]


def one_line(text: str) -> str:
    """The text with every run of white space as one space."""
    return " ".join(text.split())


def cut(text: str, longest: int) -> str:
    """The text, or its beginning with an ellipsis, in `longest` characters at most."""
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _item(evidence: Evidence) -> EvidenceView:
    return EvidenceView(
        source=evidence.source,
        grade=evidence.grade,
        time=f"{evidence.occurred_at:%Y-%m-%d %H:%M}",
        title=one_line(evidence.title) if evidence.title else None,
        url=evidence.url,
        excerpt=tuple(pieces(evidence.excerpt or "", evidence.spans)),
    )


def pieces(text: str, spans: Iterable[Span]) -> list[TextRun]:
    """The text in pieces, matched stretches bold; cut to a reader's length around the first."""
    begin, end = _view(text, bounds := _bounds(text, spans))
    found = [TextRun("…")] if begin else []
    place = begin
    for matched, stop in bounds:
        start = max(matched, place)
        if start < min(stop, end):
            found += [
                TextRun(text[place:start]),
                TextRun(text[start : min(stop, end)], bold=True),
            ]
            place = min(stop, end)
    found += [TextRun(text[place:end]), TextRun("…" if end < len(text) else "")]
    return [piece for piece in found if piece.text]


def _bounds(text: str, spans: Iterable[Span]) -> list[tuple[int, int]]:
    clipped = ((max(0, span.start), min(len(text), span.end)) for span in spans)
    return sorted(bounds for bounds in clipped if bounds[0] < bounds[1])


def _view(text: str, bounds: list[tuple[int, int]]) -> tuple[int, int]:
    if len(text) <= LONGEST_EXCERPT:
        return 0, len(text)
    first = bounds[0][0] if bounds else 0
    begin = max(0, min(first - LEAD, len(text) - LONGEST_EXCERPT))
    return begin, begin + LONGEST_EXCERPT


def _footer(alert: Alert) -> str:
    parts = [
        f"since {alert.starts_at:%Y-%m-%d %H:%M} UTC",
        f"alert {alert.id}, revision {alert.revision}",
        alert.reason or "",
    ]
    return " · ".join(part for part in parts if part)
