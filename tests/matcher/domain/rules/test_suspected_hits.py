"""Suspected hits: what they carry, and what makes them invalid."""

from dataclasses import replace
from typing import Any

from schemas.alert import Suspicion
from schemas.signal import Signal
from services.matcher.domain.detection.means_tests import EVERY_MEANING
from services.matcher.domain.rules.matching import RuleMatch, view_event
from services.matcher.domain.rules.reader_rulebook import make_reader_rulebook
from services.matcher.domain.rules.rulebook import Rulebook
from services.matcher.domain.rules.signals import make_signals
from services.matcher.domain.rules.suspected_hits import suspect
from tests.matcher.rules import PROXIES, correlating, detecting, report, rulebook

NEAR = Suspicion(meaning="fire", score=2.5, threshold=1.0, example="They shelled it.")


def _book(meaning: str = "fire", **section: Any) -> Rulebook:
    rule = detecting(
        "fire",
        "said or (like and base)",
        said={"words|contains": "shelled"},
        like={"words|means": meaning},
        base={"words|phrase": "base"},
    )
    given = {"type": "event_count", "group_by": ["entities"], "timespan": "1h"} | section
    return rulebook(rule, correlating("fires", ["fire"], **given), lists=(PROXIES,))


def _suspect(book: Rulebook, text: str) -> list[Signal]:
    (pack,) = make_reader_rulebook(book).packs
    (_, view), *_ = view_event(book, report(text))
    match = RuleMatch(pack.rules[0], replace(view, meant=EVERY_MEANING))
    return list(suspect(book, match, NEAR))


def _means(book: Rulebook) -> str:
    return book.windows["pack", "fires"].means


def test_a_suspected_hit_is_marked_and_says_why() -> None:
    (hit,) = _suspect(_book(), "Badr pounded the base.")

    assert hit.suspected
    assert hit.evidence.suspicion == NEAR
    assert (hit.rule, hit.base, hit.group) == ("fires", "fire", {"entities": "badr"})


def test_it_has_the_identity_of_the_hit_that_words_would_find() -> None:
    (suspected,) = _suspect(_book(), "Badr pounded the base.")
    (found,) = make_signals(_book(), report("Badr shelled the base."))

    assert suspected.identity == found.identity
    assert suspected.key == found.key
    assert not found.suspected


def test_it_is_valid_while_meaning_and_grouping_are_the_same() -> None:
    (hit,) = _suspect(_book(), "Badr pounded the base.")

    assert hit.means == _means(_book()) == _means(_book(timespan="2h"))
    assert hit.means != _means(_book("blaze"))
    assert hit.means != _means(_book(group_by=["actor_ids"]))


def test_a_rule_without_means_has_no_such_digest() -> None:
    rule = detecting("fire", "said", said={"words|contains": "shelled"})

    book = rulebook(rule, correlating("fires", ["fire"], type="event_count", timespan="1h"))

    assert _means(book) == ""
