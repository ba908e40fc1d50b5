from datetime import timedelta

import pytest

from schemas.hypothesis import Hypothesis
from schemas.rule import SiteList
from services.document_faults import DocumentLocation
from services.matcher.domain.packs.documents import LocatedDocument, PackDocuments
from services.matcher.domain.rules.compile_pack import compile_packs
from tests.matcher.rules import compiled, correlating, detecting, pack_of, rulebook

FIRE = detecting("fire", selection={"words|phrase": "fire"})
SMOKE = detecting("smoke", selection={"words|phrase": "smoke"})


def test_windows_belong_to_the_rules_that_alert() -> None:
    both = correlating("both", ["fire", "smoke"], type="temporal", condition=None)

    book = rulebook(FIRE, SMOKE, both, detecting("flood", selection={"words|phrase": "flood"}))

    assert set(book.windows) == {("pack", "both"), ("pack", "flood")}
    assert [window.name for window in book.feeds["pack", "fire"]] == ["both"]


def test_a_base_rule_with_generate_alerts_too() -> None:
    book = rulebook(
        FIRE, correlating("many", ["fire"], generate=True), correlating("more", ["fire"])
    )

    assert set(book.windows) == {("pack", "fire"), ("pack", "many"), ("pack", "more")}


DIVERGING = {
    "type": "divergence",
    "field": "type",
    "value": "threaten",
    "between": ["proxies", "lebanese"],
    "baseline": "30d",
    "condition": {"by": 0.3},
}


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ({"rules": ["fyre"]}, "rules.0: this pack has no rule 'fyre' (did you mean fire?)"),
        (
            {"group_by": ["acters"]},
            "group-by.0: no event has a field 'acters' (did you mean actors?)",
        ),
        ({"type": "shared_term", "field": "actors"}, "by: shared_term needs it"),
        ({**DIVERGING, "condition": {"gte": 3}}, "condition.by: divergence needs it"),
        (
            {**DIVERGING, "between": ["proxies", "proksies"]},
            "between.1: this pack has no list 'proksies' (did you mean proxies?)",
        ),
        ({"type": "new_value", "history": "7d"}, "field: new_value needs it"),
        ({"type": "reversal", "field": "actor_ids"}, "history: reversal needs it"),
        ({"type": "rate_change"}, "baseline: rate_change needs it"),
        ({"type": "rate_change", "baseline": "7d"}, "condition.ratio: rate_change needs it"),
        (
            {"condition": "fire and not smoke"},
            (
                "condition: only temporal takes an expression over rules"
                " (write a map, such as {gte: 3})"
            ),
        ),
        (
            {"type": "temporal", "condition": "fire and not smoke"},
            "condition: smoke is not among its rules",
        ),
        (
            {"type": "temporal", "condition": "fire and ("},
            "condition: column 11: a rule, and, or, not or a bracket is missing in 'fire and ('",
        ),
        (
            {"type": "temporal", "condition": "not " * 51 + "fire"},
            "condition: more than 50 brackets and nots",
        ),
        ({"type": "value_sum"}, "condition.field: value_sum needs the field it reads"),
        (
            {"type": "absence", "interval": "certain"},
            "interval: certain does not go with absence",
        ),
        (
            {"group_by": ["where"], "aliases": {"where": {"smoke": "place"}}},
            "aliases.where: it does not say which field where is for fire",
        ),
        (
            {"group_by": ["where"], "aliases": {"where": {"fire": "plaice"}}},
            "aliases.where.fire: no event has a field 'plaice' (did you mean place?)",
        ),
        (
            {"group_by": ["where"], "aliases": {"where": {"fire": "place", "fair": "place"}}},
            "aliases.where.fair: the correlation has no such rule (did you mean fire?)",
        ),
        (
            {"group_by": ["place"], "aliases": {"where": {"fire": "place"}}},
            (
                "aliases.where: nothing groups or counts by it"
                " (name it in group-by or condition.field, or leave it out)"
            ),
        ),
        (
            {"type": "event_count", "by": "source"},
            "by: event_count does not read it (leave it out; it is for shared_term)",
        ),
    ],
    ids=str,
)
def test_a_correlation_that_cannot_be_watched_is_a_fault(
    section: dict[str, object], message: str
) -> None:
    rules = section.pop("rules", ["fire"])
    assert isinstance(rules, list)

    book, faults = compiled(FIRE, correlating("many", rules, **section))

    assert [str(fault) for fault in faults] == [f"many.yaml:1: correlation.{message}"]
    assert ("pack", "many") not in book.windows


def test_only_alerts_have_a_value() -> None:
    total = {"type": "value_sum", "condition": {"field": "value", "gte": 1}}
    base = correlating("base", ["fire"])

    of_alerts = correlating("total", ["base"], **total)
    of_reports_too = correlating("total", ["base", "fire"], **total)

    assert compiled(FIRE, base, of_alerts)[1] == ()
    (fault,) = compiled(FIRE, base, of_reports_too)[1]
    assert "no event has a field 'value'" in str(fault)


def test_a_correlation_over_a_correlation_may_come_before_it() -> None:
    book, faults = compiled(correlating("more", ["many"]), correlating("many", ["fire"]), FIRE)

    assert faults == ()
    assert set(book.windows) == {("pack", "many"), ("pack", "more")}


def test_a_correlation_that_only_feeds_another_does_not_announce() -> None:
    book, _ = compiled(FIRE, correlating("many", ["fire"]), correlating("more", ["many"]))
    generated, _ = compiled(
        FIRE, correlating("many", ["fire"]), correlating("more", ["many"], generate=True)
    )

    assert not book.windows["pack", "many"].announces
    assert book.windows["pack", "more"].announces
    assert generated.windows["pack", "many"].announces


def test_a_rule_over_others_allows_the_lateness_of_what_they_look_back_over() -> None:
    book, _ = compiled(
        FIRE,
        correlating("many", ["fire"], max_lateness="4d"),
        correlating("more", ["many"], max_lateness="1d"),
    )

    assert book.windows["pack", "more"].max_lateness == timedelta(days=7 + 4)


def test_correlations_in_a_circle_are_faults_and_the_others_run() -> None:
    book, faults = compiled(
        FIRE,
        correlating("one", ["two"]),
        correlating("two", ["one"]),
        correlating("many", ["fire"]),
    )

    assert {fault.file for fault in faults} == {"one.yaml", "two.yaml"}
    assert all("it counts itself" in str(fault) for fault in faults)
    assert set(book.windows) == {("pack", "many")}


def test_a_correlation_over_a_faulty_rule_says_so() -> None:
    broken = detecting("broken", selection={"nothing": 1})

    book, faults = compiled(broken, FIRE, correlating("many", ["broken"]))

    assert "broken is at fault, so this rule is left out too" in str(faults[1])
    assert set(book.windows) == {("pack", "fire")}


def test_the_second_rule_of_a_name_is_a_fault_and_the_first_stays() -> None:
    book, (fault,) = compiled(FIRE, detecting("fire", selection={"words|phrase": "blaze"}))

    assert str(fault) == "fire.yaml:1: name: there is another rule 'fire' in fire.yaml"
    assert [rule.name for rule in book.packs[0].rules] == ["fire"]
    assert set(book.packs[0].index.by_literal) == {" fire "}


def test_a_bad_rule_stops_no_other() -> None:
    book, faults = compiled(detecting("bad", selection={"nothing": 1}), FIRE)

    assert len(faults) == 1
    assert [rule.name for rule in book.packs[0].rules] == ["fire"]


def test_packs_do_not_see_one_another() -> None:
    packs = [
        pack_of(FIRE),
        PackDocuments(name="other", pack=pack_of().pack, rules=pack_of(FIRE).rules),
    ]

    book, faults = compile_packs(packs)

    assert not faults
    assert set(book.windows) == {("pack", "fire"), ("other", "fire")}


def hypothesis(name: str, rule: str) -> LocatedDocument[Hypothesis]:
    levels = {"watch": 1, "elevated": 2, "high": 3}
    indicators = [{"rule": rule, "weight": 1}]
    given = {"name": name, "title": name, "indicators": indicators, "levels": levels}
    return LocatedDocument(Hypothesis.model_validate(given), DocumentLocation("hypotheses.yaml"))


def test_an_indicator_that_others_count_has_windows_that_do_not_announce() -> None:
    rules = pack_of(FIRE, correlating("many", ["fire"])).rules
    listed = (hypothesis("a", "fire"),)

    book, faults = compile_packs(
        [PackDocuments("pack", pack_of().pack, rules=rules, hypotheses=listed)]
    )

    assert not faults
    assert not book.windows["pack", "fire"].announces
    assert ("pack", "fire") not in compile_packs(
        [PackDocuments("pack", pack_of().pack, rules=rules)]
    )[0].windows


def test_a_base_detection_adds_no_lateness() -> None:
    book = rulebook(FIRE, correlating("many", ["fire"], max_lateness="1d", generate=True))

    assert book.windows["pack", "fire"].announces
    assert book.windows["pack", "many"].max_lateness == timedelta(days=1)


def test_a_hypothesis_names_rules_of_its_pack_and_has_a_name_of_its_own() -> None:
    hypotheses = (hypothesis("a", "fire"), hypothesis("a", "fyre"))
    pack = PackDocuments("pack", pack_of().pack, rules=pack_of(FIRE).rules, hypotheses=hypotheses)

    _, faults = compile_packs([pack])

    assert [fault.message for fault in faults] == [
        "there is another hypothesis 'a'",
        "this pack has no rule 'fyre'",
    ]


def test_places_share_their_names_with_no_list_and_no_other_place() -> None:
    site = {"id": "taji", "name": "Camp Taji", "lat": 33.5, "lon": 44.2, "radius_km": 5}
    places = SiteList.model_validate({"name": "proxies", "sites": [site, site]})
    known = pack_of()
    pack = PackDocuments(
        "pack",
        known.pack,
        lists=known.lists,
        places=(LocatedDocument(places, DocumentLocation("bases.yaml")),),
    )

    _, faults = compile_packs([pack])

    assert [fault.message for fault in faults] == [
        "there is another list 'proxies'",
        "there is another site 'taji'",
    ]


def test_a_rule_has_another_version_once_it_says_something_else() -> None:
    book, again, other = (
        compiled(FIRE, correlating("many", ["fire"], timespan=timespan))[0]
        for timespan in ("7d", "7d", "8d")
    )

    first, same, changed = (
        compiled.windows["pack", "many"].version for compiled in (book, again, other)
    )
    assert first == same
    assert first != changed
