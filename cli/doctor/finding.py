"""What the doctor says of one thing."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """How one thing is."""

    GOOD = "ok"
    NOTE = "note"
    FAULT = "FAULT"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `remedy` says what to do where it is not good."""

    subject: str
    verdict: Verdict
    text: str
    remedy: str = ""


Examine = Callable[[], Iterator[Finding]]
"""Looks at some things; may block, and raises where what it asks does not answer."""


def good(subject: str, text: str) -> Finding:
    """A thing that is as it has to be."""
    return Finding(subject, Verdict.GOOD, text)


def fault(subject: str, text: str, remedy: str) -> Finding:
    """A thing that has to be mended."""
    return Finding(subject, Verdict.FAULT, text, remedy)


def note(subject: str, text: str, remedy: str) -> Finding:
    """A thing that works, and that somebody should know of."""
    return Finding(subject, Verdict.NOTE, text, remedy)


def format_finding(finding: Finding) -> str:
    """One line, and what to do in a second one."""
    line = f"{finding.verdict:<6} {finding.subject:<22} {finding.text}"
    return f"{line}\n       {'':<22} -> {finding.remedy}" if finding.remedy else line


def has_fault(findings: Sequence[Finding]) -> bool:
    """Whether something has to be mended."""
    return any(finding.verdict is Verdict.FAULT for finding in findings)
