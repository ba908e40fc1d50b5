"""Which sources are watched, under which name, and which indicators they alone can show."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import ValidationError

from schemas.alert import Level
from schemas.hypothesis import Hypothesis
from schemas.pack import Pack, SourceRhythm
from schemas.rule import RuleDocument
from services.document_faults import DocumentLocation
from services.matcher.domain.duty.watched_sources import WatchedSource, WatchedSources, covers
from services.matcher.domain.packs.documents import LocatedDocument
from services.matcher.domain.rules.compile_pack import compile_packs
from services.matcher.domain.rules.compile_sources import compile_sources
from services.matcher.domain.rules.rulebook import Rulebook
from tests.matcher.rules import correlating, detecting, pack_of

SIX_HOURS = SourceRhythm.model_validate({"every": "6h"})
URGENT = SourceRhythm.model_validate({"every": "1d", "level": "high"})
NEVER = SourceRhythm(every="never")


def watched(**named: SourceRhythm) -> WatchedSources:
    return compile_sources([named], ())


def test_a_source_stands_for_all_below_it_and_for_no_other() -> None:
    assert covers("telegram", "telegram")
    assert covers("telegram", "Telegram:@sabereen:media")
    assert not covers("telegram", "telegrams")
    assert not covers("telegram:@sabereen", "telegram")


def test_a_source_that_no_pack_names_is_not_watched() -> None:
    sources = watched(telegram=SIX_HOURS)

    assert sources.covering("afp") == ()
    assert sources.get("afp") is None


def test_a_source_of_which_no_report_is_expected_is_not_watched() -> None:
    assert watched(afp=NEVER).by_name == {}


def names_covering(sources: WatchedSources, source: str) -> list[str]:
    return [watched.name for watched in sources.covering(source)]


def test_a_source_and_all_below_it_are_watched_as_one() -> None:
    packs = [{"telegram": SIX_HOURS, "telegram:@a": URGENT, "telegram:@b": NEVER}]

    sources = compile_sources(packs, ())

    assert names_covering(sources, "telegram:@a:live") == ["telegram", "telegram:@a"]
    assert names_covering(sources, "telegram:@b") == ["telegram"]
    assert sources.get("telegram:@a:live") is None
    assert sources.get("Telegram") is None
    assert sources.get("telegram") == WatchedSource("telegram", timedelta(hours=6))


def test_of_several_packs_the_one_that_asks_soonest_counts_and_the_highest_level() -> None:
    sources = compile_sources([{"afp": URGENT}, {"AFP": SIX_HOURS}, {"afp": NEVER}], ())

    source = sources.get("afp")

    assert source is not None
    assert (source.every, source.level) == (timedelta(hours=6), Level.HIGH)


def test_a_rhythm_says_how_often_in_words_that_are_checked() -> None:
    for wrong in ("often", "0h", 3):
        with pytest.raises(ValidationError, match=r"sources.afp.every"):
            Pack.model_validate({"title": "t", "owner": "o", "sources": {"afp": {"every": wrong}}})


def rulebook_of(
    *rules: RuleDocument, rhythms: Mapping[str, SourceRhythm] | None = None, **indicator: object
) -> Rulebook:
    """The rules of a pack with one hypothesis, whose indicator is the rule `shown`."""
    document = Hypothesis.model_validate(
        {
            "name": "mlcoa",
            "title": "MLCOA",
            "indicators": [{"rule": "shown", "weight": 1, **indicator}],
            "levels": {"watch": 1, "elevated": 2, "high": 3},
        }
    )
    pack = pack_of(*rules)
    rulebook, faults = compile_packs(
        [
            replace(
                pack,
                pack=pack.pack.model_copy(update={"sources": rhythms or {}}),
                hypotheses=(LocatedDocument(document, DocumentLocation("hypotheses.yaml")),),
            )
        ]
    )
    assert faults == ()
    return rulebook


def sources_of(rulebook: Rulebook) -> set[str]:
    """The sources that could show the one indicator of the rulebook."""
    ((indicator,),) = (hypothesis.indicators for hypothesis in rulebook.hypotheses)
    return set(indicator.sources)


MARCH = {"words|phrase": "march"}


def test_an_indicator_is_fed_by_the_sources_that_its_rule_asks_for_by_name() -> None:
    rule = detecting("shown", selection={"source": ["AFP", "telegram:@a"]} | MARCH)

    rulebook = rulebook_of(rule, rhythms={"AFP": SIX_HOURS, "telegram": URGENT, "dpa": URGENT})

    assert sources_of(rulebook) == {"afp", "telegram:@a"}
    for name in ("AFP", "telegram"):
        source = rulebook.sources.get(name)
        assert source is not None
        assert (source.feeds, source.hypotheses) == (("shown",), ("mlcoa",))
    assert names_covering(rulebook.sources, "afp") == ["AFP"]
    dpa = rulebook.sources.get("dpa")
    assert dpa is not None
    assert (dpa.feeds, dpa.hypotheses) == ((), ())


def test_every_rule_below_an_indicator_has_to_ask_by_name() -> None:
    shown = correlating("shown", ["first", "second"])
    first = detecting("first", selection={"source": "afp"} | MARCH)
    second = detecting("second", selection={"source": "dpa"} | MARCH)

    assert sources_of(rulebook_of(first, second, shown)) == {"afp", "dpa"}
    assert not sources_of(rulebook_of(first, detecting("second", selection=MARCH), shown))


@pytest.mark.parametrize(
    "selection",
    [{"source": "telegram:*"}, {"source|startswith": "tele"}, {"source|exists": True}],
    ids=["pattern", "beginning", "presence"],
)
def test_a_part_of_a_name_is_no_name(selection: dict[str, object]) -> None:
    assert not sources_of(rulebook_of(detecting("shown", selection=selection | MARCH)))


def test_a_source_that_a_rule_may_do_without_is_not_what_feeds_it() -> None:
    searches = {"by_name": {"source": "afp"}, "selection": MARCH}

    for condition in ("selection and not by_name", "selection or by_name"):
        assert not sources_of(rulebook_of(detecting("shown", condition, **searches)))


def test_what_an_indicator_names_counts_before_what_its_rule_asks_for() -> None:
    rule = detecting("shown", selection={"source": "afp"} | MARCH)

    assert sources_of(rulebook_of(rule, sources=["telegram"])) == {"telegram"}
