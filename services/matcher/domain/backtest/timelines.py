"""Timelines that measure a pack, run as the cases inside its rules are."""

from collections.abc import Iterator

from schemas.rule import RuleTest
from schemas.timeline import Timeline
from services.document_faults import FieldPath, InvalidField
from services.matcher.domain.backtest.cases import (
    Case,
    CaseOutcome,
    InvalidCase,
    build_events,
    run_case,
)
from services.matcher.domain.backtest.coverage import alerting_names, explain_silence
from services.matcher.domain.packs.documents import PackDocuments
from services.matcher.domain.rules.rulebook import Rulebook


def find_timeline_faults(pack: PackDocuments, timeline: Timeline) -> Iterator[InvalidField]:
    """Its first malformed event, and each name of a rule or hypothesis that never alerts."""
    try:
        build_events(_expecting(timeline))
    except InvalidCase as error:
        yield InvalidField(("events", error.index), error.message)
    alerting = alerting_names(pack) | {each.document.name for each in pack.hypotheses}
    for path, name in _list_names(timeline):
        if name not in alerting:
            message = f"no rule of this pack alerts as {name!r}"
            yield InvalidField(path, message, explain_silence(pack, name, alerting))


def _list_names(timeline: Timeline) -> Iterator[tuple[FieldPath, str]]:
    for index, expected in enumerate(timeline.fires):
        yield ("fires", index, "fires"), expected.fires
    for index, name in enumerate(timeline.silent):
        yield ("silent", index), name


def run_timeline(rulebook: Rulebook, pack: str, timeline: Timeline) -> CaseOutcome:
    """The timeline run as a case that expects some alerts, and no others of its silent rules."""
    firing = run_case(rulebook, Case(pack, (), _expecting(timeline)))
    if not timeline.silent:
        return firing
    silence = RuleTest(name=timeline.name, events=timeline.events, expect="silent")
    quiet = run_case(rulebook, Case(pack, timeline.silent, silence))
    return CaseOutcome(firing.alerts, (*firing.differences, *quiet.differences))


def _expecting(timeline: Timeline) -> RuleTest:
    return RuleTest(name=timeline.name, events=timeline.events, expect=timeline.fires)
