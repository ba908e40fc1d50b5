"""Notes on detection rules: what they ask for and cannot mean."""

from collections.abc import Iterator
from pathlib import Path

from sigma.conditions import ConditionIdentifier, ConditionItem, ConditionSelector
from sigma.exceptions import SigmaError, SigmaRuleLocation
from sigma.rule.detection import SigmaDetection, SigmaDetectionItem, SigmaDetections
from sigma.types import SigmaString

from schemas.rule import DetectionRule
from services.document_faults import InvalidField, suggest_name
from services.matcher.domain.notes.country_codes import COUNTRY_CODES
from services.matcher.domain.notes.fields import list_written_fields

LONGEST_RADIUS_KM = 2_000
"""Beyond it a circle holds more than a theatre: Baghdad to Cairo is 1,300 km."""

REPORT = "report"
"""The one category of what is watched."""

_NOWHERE = SigmaRuleLocation(Path("rule"))
_ANY = SigmaDetection([SigmaDetectionItem(None, [], [SigmaString("x")])])
_MEANT = {"UK": "write GB", "EN": "write GB", "EL": "write GR"}


def note_other_categories(rule: DetectionRule) -> Iterator[InvalidField]:
    """A `logsource` of other things than reports, as rules for Sigma have: it selects nothing."""
    category = rule.logsource.category
    if category not in (None, REPORT):
        message = f"{category} is not watched: the rule is asked about every report"
        yield InvalidField(("logsource", "category"), message, f"write {REPORT}")


def note_unused_selections(rule: DetectionRule) -> Iterator[InvalidField]:
    """Selections that the condition does not name."""
    names = [name for name in rule.detection if name not in ("condition", "timeframe")]
    used = _used_selections(rule.detection.get("condition"), names)
    for name in names:
        if name not in used:
            yield InvalidField(
                ("detection", name),
                f"the condition does not use the selection {name}",
                "name it in the condition, or remove it",
            )


def _used_selections(condition: object, names: list[str]) -> frozenset[str]:
    """The selections that a condition names; all of them if it cannot be read."""
    try:
        parsed = SigmaDetections(dict.fromkeys(names, _ANY), [str(condition)], _NOWHERE)
        tree = parsed.parsed_condition[0].parse(postprocess=False)
    except (SigmaError, RecursionError):
        return frozenset(names)
    return frozenset(_named(tree, parsed))


def _named(tree: object, detections: SigmaDetections) -> Iterator[str]:
    if isinstance(tree, ConditionSelector):
        for each in tree.resolve_referenced_detections(detections):
            yield each.identifier
    elif isinstance(tree, ConditionIdentifier):
        yield tree.identifier
    elif isinstance(tree, ConditionItem):
        for part in tree.args:
            yield from _named(part, detections)


def note_unknown_countries(rule: DetectionRule) -> Iterator[InvalidField]:
    """Whole values of `country` that are no code of ISO 3166-1 alpha-2."""
    for field in list_written_fields(rule):
        if field.name == "country" and field.modifiers <= {"neq", "all"}:
            for path, value in field.values:
                code = str(value).upper()
                if value is not None and "*" not in code and code not in COUNTRY_CODES:
                    hint = _MEANT.get(code) or suggest_name(code, sorted(COUNTRY_CODES))
                    yield InvalidField(
                        path,
                        f"{value} is no country code of ISO 3166-1 alpha-2",
                        hint or "write two letters, such as IQ",
                    )


def note_wide_circles(rule: DetectionRule) -> Iterator[InvalidField]:
    """Distances of `within_km` that hold more than a theatre."""
    for field in list_written_fields(rule):
        for path, value in field.values if "within_km" in field.modifiers else ():
            distance = _read_distance(value)
            if distance is not None and distance > LONGEST_RADIUS_KM:
                yield InvalidField(
                    path,
                    f"{distance:g} km is more than {LONGEST_RADIUS_KM} km",
                    "write kilometres, or ask for the countries",
                )


def _read_distance(value: object) -> float | None:
    """The kilometres at the end of `camp-taji 20`; None if there are none."""
    try:
        return float(str(value).rpartition(" ")[2])
    except ValueError:
        return None
