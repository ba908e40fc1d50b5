"""What every receiver shows of an alert or a group, as cleaned lines without a format."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TextRun:
    """A piece of an excerpt; bold where a rule matched."""

    text: str
    bold: bool = False


@dataclass(frozen=True, slots=True)
class EvidenceView:
    """One report as shown: source, grade, time and words.

    `is_new`: since the last message. `script`: of words that are not in Latin letters. `role`: the
    rules that it is a hit of, where the evidence is of several.
    """

    source: str
    grade: str
    time: str
    title: str | None
    url: str | None
    excerpt: tuple[TextRun, ...]
    script: str | None = None
    is_new: bool = False
    role: str = ""


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
