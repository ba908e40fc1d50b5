"""Suspected hits: the signals of a report that the reader suspects."""

from collections.abc import Iterator

from schemas.alert import Suspicion
from schemas.signal import Signal
from services.matcher.domain.rules.excerpt import make_evidence
from services.matcher.domain.rules.matching import RuleMatch
from services.matcher.domain.rules.rulebook import Rulebook
from services.matcher.domain.rules.signals import make_window_hits


def suspect(rulebook: Rulebook, match: RuleMatch, suspicion: Suspicion) -> Iterator[Signal]:
    """The hits of a report for every window of a rule that the reader suspects.

    `rulebook` is the one of the live matcher, with windows; `match` is of the rule with meanings,
    and of a view in which those hold that the reader found.
    """
    windows = rulebook.feeds.get((match.rule.pack, match.rule.name), ())
    evidence = make_evidence(match).model_copy(update={"suspicion": suspicion})
    for window in windows:
        marked = {"suspected": True, "means": window.means}
        for hit in make_window_hits(window, match, evidence, rulebook.number):
            yield hit.model_copy(update=marked)
