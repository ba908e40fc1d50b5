"""Suspected hits: the signals of a report that the reader suspects."""

from collections.abc import Iterator
from dataclasses import replace

from schemas.alert import Suspicion
from schemas.event import Event
from schemas.signal import Signal
from services.matcher.domain.detection.means_tests import EVERY_MEANING
from services.matcher.domain.rules.excerpt import make_evidence
from services.matcher.domain.rules.matching import RuleMatch, view_event
from services.matcher.domain.rules.rulebook import Rulebook
from services.matcher.domain.rules.signals import make_window_hits


def suspect(rulebook: Rulebook, match: RuleMatch, suspicion: Suspicion) -> Iterator[Signal]:
    """The hits of a report for every window of a rule that the reader suspects.

    `rulebook` is the one of the live matcher, with windows; `match` is of the rule with meanings,
    and of a view in which those hold that the reader found.
    """
    windows = rulebook.feeds.get(match.rule.key, ())
    evidence = make_evidence(match).model_copy(update={"suspicion": suspicion})
    for window in windows:
        marked = {"suspected": True, "means": window.means}
        for hit in make_window_hits(window, match, evidence, rulebook.number):
            yield hit.model_copy(update=marked)


def suspect_named(
    rulebook: Rulebook, reading: Rulebook, event: Event, name: str
) -> tuple[Signal, ...]:
    """The hits of an event as if a reader suspected it of the detection rule `name`.

    `reading` is the rulebook of a reader. None if words find the rule, or something beside its
    meanings lacks; no model is asked, and no word vetoes it.
    """
    found: list[Signal] = []
    for pack, view in view_event(reading, event):
        meant = replace(view, meant=EVERY_MEANING)
        for rule in pack.rules:
            if rule.name == name and rule.predicate.holds(meant) and not rule.predicate.holds(view):
                near = Suspicion(meaning=name, score=0, threshold=0)
                found += suspect(rulebook, RuleMatch(rule, meant), near)
    return tuple(found)
