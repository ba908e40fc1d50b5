"""Which sources are watched, under which name, and which indicators they alone can show."""

from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import ValidationError

from schemas.alert import Level
from schemas.hypothesis import Hypothesis
from schemas.rule import Pack, RuleDocument, SourceRhythm
from services.matcher.domain.duty.watched_sources import WatchedSource, WatchedSources, covers
from services.matcher.domain.packs.documents import Sourced
from services.matcher.domain.packs.faults import RuleLocation
from services.matcher.domain.rules.compile_pack import build
from services.matcher.domain.rules.compile_sources import watched_sources
from tests.matcher.rules import correlating, detecting, pack_of

SIX_HOURS = SourceRhythm.model_validate({"every": "6h"})
URGENT = SourceRhythm.model_validate({"every": "1d", "level": "high"})
NEVER = SourceRhythm(every="never")


def watched(**named: SourceRhythm) -> WatchedSources:
    return watched_sources([named], ())


def test_a_source_stands_for_all_below_it_and_for_no_other() -> None:
    assert covers("telegram", "telegram")
    assert covers("telegram", "Telegram:@sabereen:media")
    assert not covers("telegram", "telegrams")
    assert not covers("telegram:@sabereen", "telegram")


def test_a_source_that_no_pack_names_is_watched_as_itself() -> None:
    sources = watched(telegram=SIX_HOURS)

    assert sources.names_of("afp") == ("afp",)
    assert sources.of("afp") == WatchedSource("afp")


def test_what_a_pack_names_is_watched_as_one() -> None:
    sources = watched_sources([{"telegram": SIX_HOURS, "telegram:@a": NEVER}], ())

    assert sources.names_of("telegram:@a:live") == ("telegram", "telegram:@a")
    assert sources.of("telegram:@a:live") is None
    named = sources.of("telegram")
    assert named is not None
    assert named.every == timedelta(hours=6)


def test_of_several_packs_the_one_that_asks_soonest_counts_and_the_highest_level() -> None:
    sources = watched_sources([{"afp": URGENT}, {"AFP": SIX_HOURS}, {"afp": NEVER}], ())

    told = sources.of("afp")

    assert told is not None
    assert (told.every, told.level, told.never) == (timedelta(hours=6), Level.HIGH, False)


def test_a_rhythm_says_how_often_in_words_that_are_checked() -> None:
    for wrong in ("often", "0h", 3):
        with pytest.raises(ValidationError, match=r"sources.afp.every"):
            Pack.model_validate({"title": "t", "owner": "o", "sources": {"afp": {"every": wrong}}})


def feeding(*rules: RuleDocument, **indicator: object) -> WatchedSources:
    told = Hypothesis.model_validate(
        {
            "name": "mlcoa",
            "title": "MLCOA",
            "indicators": [{"rule": "shown", "weight": 1, **indicator}],
            "levels": {"watch": 1, "elevated": 2, "high": 3},
        }
    )
    pack = replace(pack_of(*rules), hypotheses=(Sourced(told, RuleLocation("hypotheses.yaml")),))
    rulebook, faults = build([pack])
    assert faults == ()
    return rulebook.sources


MARCH = {"words|phrase": "march"}


def test_an_indicator_is_fed_by_the_sources_that_its_rule_asks_for_by_name() -> None:
    asked = {"source": ["AFP", "telegram:@a"]}

    sources = feeding(detecting("shown", selection=asked | MARCH))

    assert set(sources.named) == {"afp", "telegram:@a"}
    told = sources.of("afp")
    assert told is not None
    assert (told.feeds, told.hypotheses) == (("shown",), ("mlcoa",))
    assert sources.names_of("AFP") == ("afp",)


def test_every_rule_below_an_indicator_has_to_ask_by_name() -> None:
    shown = correlating("shown", ["one", "two"])
    one = detecting("one", selection={"source": "afp"} | MARCH)
    two = detecting("two", selection={"source": "dpa"} | MARCH)

    assert set(feeding(one, two, shown).named) == {"afp", "dpa"}
    assert not feeding(one, detecting("two", selection=MARCH), shown).named


@pytest.mark.parametrize(
    "selection",
    [{"source": "telegram:*"}, {"source|startswith": "tele"}, {"source|exists": True}],
    ids=["pattern", "beginning", "presence"],
)
def test_a_part_of_a_name_is_no_name(selection: dict[str, object]) -> None:
    assert not feeding(detecting("shown", selection=selection | MARCH)).named


def test_a_source_that_a_rule_may_do_without_is_not_what_feeds_it() -> None:
    told = {"by_name": {"source": "afp"}, "selection": MARCH}

    assert not feeding(detecting("shown", "selection and not by_name", **told)).named
    assert not feeding(detecting("shown", "selection or by_name", **told)).named


def test_what_an_indicator_names_counts_before_what_its_rule_asks_for() -> None:
    rule = detecting("shown", selection={"source": "afp"} | MARCH)

    assert set(feeding(rule, sources=["telegram"]).named) == {"telegram"}
