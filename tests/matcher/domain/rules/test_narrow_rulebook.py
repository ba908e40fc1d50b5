"""A part of a rulebook says of an event what the whole says, for its own windows alone."""

from services.matcher.domain.rules.narrow_rulebook import narrow_rulebook
from services.matcher.domain.rules.signals import make_signals
from tests.matcher.rules import correlating, detecting, report, rulebook

FIRE = detecting("fire", selection={"words|phrase": "rockets"}, group_by=["place"])
WHO = detecting("who", selection={"actor_ids|expand": "%proxies%"})
THREE = correlating("three", ["fire", "who"], group_by=["country"])
TWO = correlating("two", ["who"], type="value_count", condition={"field": "actor_ids", "gte": 2})
BOOK = rulebook(FIRE, WHO, THREE, TWO)
EVENT = report("Badr fired rockets.", actors=["Badr"], country="IQ")


def test_a_part_of_a_rulebook_says_what_the_whole_says_for_its_windows() -> None:
    for name in ("three", "two"):
        part = narrow_rulebook(BOOK, {("pack", name)})

        assert make_signals(part, EVENT) == tuple(
            signal for signal in make_signals(BOOK, EVENT) if signal.rule == name
        )
        assert make_signals(part, EVENT)


def test_it_asks_only_what_feeds_its_windows() -> None:
    part = narrow_rulebook(BOOK, {("pack", "two")})

    assert [rule.name for pack in part.packs for rule in pack.rules] == ["who"]
