"""What the doctor says of one thing."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum


class CheckStatus(StrEnum):
    """How one thing is."""

    GOOD = "ok"
    NOTE = "note"
    FAULT = "FAULT"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One thing that was looked at; `remedy` says what to do where it is not good."""

    subject: str
    status: CheckStatus
    text: str
    remedy: str = ""


Examine = Callable[[], Iterator[CheckResult]]
"""Looks at some things; may block, and raises where what it asks does not answer."""


def good(subject: str, text: str) -> CheckResult:
    """A thing that is as it has to be."""
    return CheckResult(subject, CheckStatus.GOOD, text)


def fault(subject: str, text: str, remedy: str) -> CheckResult:
    """A thing that has to be mended."""
    return CheckResult(subject, CheckStatus.FAULT, text, remedy)


def note(subject: str, text: str, remedy: str) -> CheckResult:
    """A thing that works, and that somebody should know of."""
    return CheckResult(subject, CheckStatus.NOTE, text, remedy)


def format_result(result: CheckResult) -> Iterator[str]:
    """A line for each of the text, and what to do in one below."""
    first, *others = result.text.splitlines() or [""]
    yield f"{result.status:<6} {result.subject:<22} {first}"
    yield from (f"       {'':<22} {other}" for other in others)
    if result.remedy:
        yield f"       {'':<22} -> {result.remedy}"


def has_fault(results: Sequence[CheckResult]) -> bool:
    """Whether something has to be mended."""
    return any(result.status is CheckStatus.FAULT for result in results)
