"""The digest of a rule changes with all that decides on its hits, and with nothing else."""

from typing import Any

import pytest

from schemas.rule import NamedList, RuleDocument, SiteList
from schemas.word_list import WordList
from services.matcher.domain.changes.digest import digest_rules
from services.matcher.domain.packs.documents import PackDocuments
from services.matcher.domain.rules.compile_pack import compile_packs
from tests.matcher.rules import LEBANESE, PROXIES, correlating, detecting, pack_of, word_list

SITES = SiteList.model_validate(
    {
        "name": "bases",
        "sites": [{"id": "taji", "name": "Taji", "lat": 33.5, "lon": 44.2, "radius_km": 6}],
    }
)
WIDER = SiteList.model_validate(
    {
        "name": "bases",
        "sites": [{"id": "taji", "name": "Taji", "lat": 33.5, "lon": 44.2, "radius_km": 9}],
    }
)
LARGER = NamedList.model_validate(
    {
        "name": "proxies",
        "members": [*PROXIES.model_dump()["members"], {"id": "n", "name": "Nujaba"}],
    }
)
WORDS = detecting("fire", selection={"words|phrase": "rockets"})
WHO = detecting("who", selection={"actor_ids|expand": "%proxies%"})
WHERE = detecting("where", selection={"geo|within_km": "%bases% 5"})
NAMED = detecting("named", selection={"words|phrase|expand": "%proxies%"})
NEW = detecting("new", selection={"names|exists": True})


def digest(pack: PackDocuments, name: str) -> str:
    book, faults = compile_packs([pack])
    assert not faults, [str(fault) for fault in faults]
    return digest_rules([pack], book.windows)[pack.name, name]


def of(name: str, *documents: RuleDocument, **pack: Any) -> str:
    return digest(pack_of(*documents, **({"places": (SITES,)} | pack)), name)


@pytest.mark.parametrize(
    "reworded",
    [
        {"title": "Rocket fire"},
        {"level": "high"},
        {"tags": ("attack.t1",)},
        {"description": "Rockets."},
        {"corroboration": {"sources": 2}},
        {"cooldown": "1d"},
        {"resolve_after": "2d"},
        {"alert": {"summary": "Rockets!", "action": "Call."}},
        {"tests": ({"name": "quiet", "expect": "silent"},)},
    ],
    ids=str,
)
def test_words_for_people_change_nothing(reworded: dict[str, Any]) -> None:
    document = WORDS.model_dump(by_alias=True) | reworded

    assert of("fire", type(WORDS).model_validate(document)) == of("fire", WORDS)


def test_what_is_asked_and_by_what_it_is_grouped_decides() -> None:
    asked = detecting("fire", selection={"words|phrase": "missiles"})
    grouped = detecting("fire", selection={"words|phrase": "rockets"}, group_by=["place"])

    assert len({of("fire", rule) for rule in (WORDS, asked, grouped)}) == 3


def test_a_template_decides_by_the_fields_that_it_mentions_alone() -> None:
    texts = ("at {{ place }}", "in {{ place }}", "at {{ admin1 }}")
    plain = WORDS.model_dump(by_alias=True)
    rules = [
        type(WORDS).model_validate(plain | {"alert": {"summary": summary}}) for summary in texts
    ]

    here, there, elsewhere = (of("fire", rule) for rule in rules)

    assert here == there != elsewhere


def test_a_correlation_changes_with_its_bases_and_theirs() -> None:
    above = correlating("three", ["fire"])
    top = correlating("top", ["three"])
    other = detecting("fire", selection={"words|phrase": "missiles"})
    reworded = WORDS.model_copy(update={"title": "Rocket fire"})

    assert of("top", WORDS, above, top) == of("top", reworded, above, top)
    assert of("top", WORDS, above, top) != of("top", other, above, top)
    assert of("three", WORDS, above, top) != of("three", other, above, top)


def test_a_rule_that_alerts_from_now_on_has_changed() -> None:
    above = correlating("three", ["fire"])
    silent = of("three", WORDS, above, correlating("top", ["three"]))

    assert of("three", WORDS, above, correlating("top", ["three"], generate=True)) != silent


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        pytest.param(WORDS, False, id="words"),
        pytest.param(WHO, True, id="actor_ids"),
        pytest.param(NAMED, True, id="the list as phrases"),
        pytest.param(NEW, True, id="names"),
        pytest.param(
            detecting("by", selection={"words|phrase": "rockets"}, group_by=["entities"]),
            True,
            id="group-by",
        ),
    ],
)
def test_a_list_changes_the_rules_that_can_read_it(rule: RuleDocument, changes: bool) -> None:
    before = of(rule.name, rule)

    assert (of(rule.name, rule, lists=(LARGER, LEBANESE)) != before) is changes


@pytest.mark.parametrize(
    "section",
    [
        {"type": "value_count", "condition": {"field": "actor_ids", "gte": 3}},
        {"type": "new_value", "field": "target_ids", "history": "7d", "condition": None},
        {"group_by": ["who"], "aliases": {"who": {"fire": "entities"}}},
    ],
    ids=["counted", "field", "alias"],
)
def test_a_correlation_reads_lists_by_what_it_counts_and_groups(section: dict[str, Any]) -> None:
    above = correlating("above", ["fire"], **section)

    assert of("above", WORDS, above) != of("above", WORDS, above, lists=(LARGER, LEBANESE))


def test_a_place_changes_the_rules_that_ask_where() -> None:
    assert of("where", WHERE) != of("where", WHERE, places=(WIDER,))
    assert of("fire", WORDS) == of("fire", WORDS, places=(WIDER,))


def test_head_nouns_change_the_rules_that_read_names() -> None:
    assert of("new", NEW) != of("new", NEW, organisation_heads=["league"])
    assert of("who", WHO) == of("who", WHO, organisation_heads=["league"])


def digest_with(core: WordList, *own: WordList, phrase: str = "%role% ~2 iraq") -> str:
    used = pack_of(name="core", lists=(), words=(core, word_list("other", en=["x"])))
    rule = detecting("fire", selection={"words|phrase": phrase})
    pack = pack_of(rule, words=own, uses=("core",))
    book, faults = compile_packs([used, pack])
    assert not faults, [str(fault) for fault in faults]
    return digest_rules([used, pack], book.windows)[pack.name, "fire"]


def test_a_word_list_that_a_rule_names_changes_it() -> None:
    leader, chief = (word_list("role", en=[word]) for word in ("leader", "chief"))
    retitled = leader.model_copy(update={"title": "Offices"})
    more = word_list("role", en=["chief"], extends="core")
    nesting = word_list("nest", en=["%role%"])

    assert digest_with(leader) == digest_with(retitled)
    assert digest_with(leader) != digest_with(chief)
    assert digest_with(leader) != digest_with(leader, more)
    assert digest_with(leader, nesting, phrase="%nest%") != digest_with(
        chief, nesting, phrase="%nest%"
    )
    assert digest_with(leader, phrase="%other|role%") != digest_with(chief, phrase="%other|role%")
    assert digest_with(leader, phrase="%other%") == digest_with(chief, phrase="%other%")
