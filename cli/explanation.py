"""What each part of each `says` met, as `vedette rules match --explain` prints it."""

from services.matcher.domain.rules.explain_says import PartExplanation, SaysExplanation


def explanation_line(explanation: SaysExplanation) -> dict[str, object]:
    """One `says` of a rule and the sentence nearest to it, for JSON."""
    return {
        "rule": explanation.rule,
        "holds": explanation.holds,
        "sentence": explanation.sentence,
        "parts": [_describe_part(part) for part in explanation.parts],
    }


def _describe_part(part: PartExplanation) -> dict[str, object]:
    """The part with what is known of it alone."""
    described: dict[str, object] = {"part": part.part, "holds": part.holds}
    details = {
        "met": list(part.met),
        "vetoed_by": part.veto,
        "done_by": list(part.others),
        "lacks": part.lacks,
    }
    return described | {key: value for key, value in details.items() if value}
