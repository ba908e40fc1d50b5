"""Notes on correlation rules: at the boundary, and none beside it."""

import pytest

from tests.matcher.domain.notes.noted import find_notes

DETECTION = """
    title: A rule
    name: %s
    logsource: {category: report}
    detection: {fire: {words|phrase: rocket*}, condition: fire}
"""


def note_on_correlation(section: str, more: str = "") -> list[str]:
    rule = f"""
        title: Several
        name: several
        correlation: {{timespan: 7d, {section}}}
        {more}
    """
    first, second = DETECTION % "first", DETECTION % "second"
    return list(
        map(
            str,
            find_notes(
                indicators__first=first, indicators__second=second, indicators__several=rule
            ),
        )
    )


RATES = "type: rate_change, rules: [first], condition: {ratio: 3}"


@pytest.mark.parametrize(
    ("section", "noted"),
    [
        ("type: temporal, rules: [first]", "correlation.rules: temporal over one rule"),
        ("type: temporal_ordered, rules: [first]", "temporal_ordered over one rule"),
        ("type: temporal, rules: [first, second]", ""),
        ("type: new_value, rules: [first], field: place, history: 6d", "the history is shorter"),
        ("type: new_value, rules: [first], field: place, history: 7d", ""),
        (
            f"{RATES}, baseline: 6d, min_baseline: 1d",
            "correlation.baseline: the baseline is shorter",
        ),
        (f"{RATES}, baseline: 28d", ""),
    ],
)
def test_a_window_is_noted_that_works_against_itself(section: str, noted: str) -> None:
    notes = note_on_correlation(section)

    assert len(notes) == bool(noted)
    assert all(noted in note for note in notes)


RATES = "type: rate_change, rules: [first], condition: {ratio: 3}"


@pytest.mark.parametrize(
    ("section", "noted"),
    [
        (
            "type: event_count, rules: [first], condition: {gte: 1}",
            "from hit 1 on",
        ),
        ("type: event_count, rules: [first], condition: {gt: 1}", "from hit 2 on"),
        ("type: event_count, rules: [first], condition: {gt: 2}", ""),
        ("type: event_count, rules: [first], condition: {eq: 3}", ""),
        (
            "type: temporal, rules: [first, second]",
            "from hit 2 on",
        ),
        ("type: temporal, rules: [first, second], condition: first and not second", ""),
    ],
)
def test_more_sources_than_hits_are_noted(section: str, noted: str) -> None:
    notes = note_on_correlation(section, "corroboration: {sources: 3}")

    assert len(notes) == bool(noted)
    assert all(noted in note for note in notes)
