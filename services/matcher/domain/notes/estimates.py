"""Notes on estimative language, after the analytic standards of ICD 203."""

import re
from collections.abc import Iterator

from schemas.rule import RuleDocument
from services.document_faults import FieldPath, InvalidField

_LIKELIHOOD = re.compile(
    r"\b(?:almost no chance|remote chance|(?:un)?likely|(?:im)?probabl[ey]|even (?:chance|odds)|"
    r"(?:almost|nearly) certain(?:ly)?)\b",
    re.IGNORECASE,
)
_CONFIDENCE = re.compile(
    r"\b(?:high|moderate|medium|low) confidence\b|\bconfidence is (?:high|moderate|low)\b|"
    r"\bconfident(?:ly)?\b",
    re.IGNORECASE,
)
_END = re.compile(r"(?<=[.!?;])\s+|\n\s*\n")


def note_mixed_estimates(rule: RuleDocument) -> Iterator[InvalidField]:
    """Sentences for readers of alerts that state a likelihood and a confidence at once."""
    texts: tuple[tuple[FieldPath, str | None], ...] = (
        (("description",), rule.description),
        (("alert", "summary"), rule.alert.summary),
        (("alert", "action"), rule.alert.action),
    )
    for path, text in texts:
        for sentence in _END.split(text or ""):
            likelihood, confidence = _LIKELIHOOD.search(sentence), _CONFIDENCE.search(sentence)
            if likelihood and confidence:
                yield InvalidField(
                    path,
                    f"{likelihood[0]!r} and {confidence[0]!r} are in one sentence",
                    "ICD 203 keeps them apart: give the confidence a sentence of its own",
                )
