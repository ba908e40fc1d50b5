"""The rules in force: a wait for newer ones ends when they are there, or are known to be bad."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from schemas.bundle import OnChange, PublishedRule, RuleBundle
from services.matcher.adapters.rules.bundles import BundleMissing, Bundles
from services.matcher.domain.alerts.rule_generation import UNCHANGED, RuleGeneration
from services.matcher.domain.changes.active_rules import ActiveRules, generations
from services.matcher.domain.changes.next_bundle import number_bundle
from services.matcher.domain.rules.rulebook import Rulebook
from tests.matcher.builders import ALONE, RULE

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def in_force(number: int) -> ActiveRules:
    return ActiveRules(Rulebook(number=number))


async def test_what_is_there_is_not_waited_for() -> None:
    bundles = Bundles(in_force(3))

    assert (await bundles.at_least(2)).number == 3


async def test_a_wait_ends_when_the_bundle_is_in_force_and_not_before() -> None:
    bundles = Bundles(in_force(0))
    waiting = asyncio.ensure_future(bundles.at_least(3))
    for older in (1, 2):
        bundles.put(in_force(older))
        await asyncio.sleep(0)
        assert not waiting.done()

    bundles.put(in_force(4))

    assert (await waiting).number == 4


async def test_a_bundle_that_was_refused_is_not_waited_for_and_the_last_good_one_stays() -> None:
    bundles = Bundles(in_force(2))
    waiting = asyncio.ensure_future(bundles.at_least(3))
    await asyncio.sleep(0)

    bundles.settle(3)

    assert (await waiting).number == 2


async def test_the_wait_for_what_never_comes_ends() -> None:
    bundles = Bundles(in_force(0), patience=0.01)

    with pytest.raises(BundleMissing, match="bundle 3"):
        await bundles.at_least(3)


def test_what_changed_in_a_bundle_itself_has_its_number() -> None:
    published = PublishedRule(digest="d", on_change=OnChange.REBUILD, changed_at=NOW, since=NOW)
    bundle = RuleBundle(
        digest="d",
        published_at=NOW,
        files={},
        rules={"pack/new": published, "pack/old": published.model_copy(update={"changed_in": 4})},
    )

    book = replace(in_force(7), generations=generations(number_bundle(bundle, 7)))

    assert book.generation(("pack", "new")) == RuleGeneration(OnChange.REBUILD, 7, NOW, NOW, 7)
    assert book.generation(("pack", "old")).changed_in == 4
    assert book.generation(("pack", "unheard")) == UNCHANGED


def test_a_rule_stands_one_level_above_the_highest_correlation_that_it_counts() -> None:
    middle = replace(RULE, name="middle", bases=("joint_march", "march_endorsed"))
    top = replace(RULE, name="top", bases=("march_endorsed", "middle"))
    alone = replace(ALONE, name="march_endorsed", bases=("march_endorsed",))
    windows = {(rule.pack, rule.name): rule for rule in (RULE, middle, top, alone)}
    book = ActiveRules(Rulebook(windows=windows))

    assert [book.level(name) for name in windows] == [0, 1, 2, 0]
