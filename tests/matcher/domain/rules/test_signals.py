import itertools
from typing import Any

from schemas.alert import LONGEST_FIELD
from schemas.event import Event
from schemas.rule import NamedList
from schemas.signal import Signal
from services.matcher.domain.rules.signals import make_signals
from tests.matcher.rules import correlating, detecting, report, rulebook

ENDORSED = detecting(
    "endorsed",
    "march and who",
    march={"words|phrase": "march"},
    who={"actor_ids|expand": "%proxies%"},
)
JOINT = correlating(
    "joint", ["endorsed"], type="value_count", condition={"field": "actor_ids", "gte": 3}
)


SIDES = NamedList.model_validate(
    {
        "name": "sides",
        "members": [
            {"id": "badr", "name": "Badr", "alignment": "iran"},
            {"id": "aah", "name": "AAH", "alignment": "iran"},
            {"id": "sadr", "name": "Sadr", "alignment": "sadr"},
            {"id": "iraq", "name": "Iraq"},
        ],
    }
)


def sent(event: Event, *rules: Any, **pack: Any) -> tuple[Signal, ...]:
    return make_signals(rulebook(*rules, **pack), event)


def test_a_base_rule_sends_its_hit_to_the_window_of_its_correlation() -> None:
    event = report("March!", actors=["Badr", "AAH", "Hezbollah"], source_owner="thomson")

    (hit,) = sent(event, ENDORSED, JOINT)

    assert (hit.rule, hit.base, hit.group) == ("joint", "endorsed", {})
    assert hit.values == ("aah", "badr")
    assert (hit.identity, hit.story, hit.owner) == ("reuters 1", "reuters 1", "thomson")


def test_an_event_without_the_counted_field_is_not_counted() -> None:
    fire = detecting("fire", selection={"words|phrase": "fire"})
    places = correlating(
        "places", ["fire"], type="value_count", condition={"field": "place", "gte": 2}
    )

    assert sent(report("fire"), fire, places) == ()
    assert [hit.values for hit in sent(report("fire", place="Taji"), fire, places)] == [("Taji",)]


def test_an_event_whose_field_is_no_number_is_not_summed() -> None:
    fire = detecting("fire", selection={"words|phrase": "fire"})
    total = correlating(
        "total", ["fire"], type="value_sum", condition={"field": "attributes.shots", "gte": 9}
    )

    assert sent(report("fire", attributes={"shots": "many"}), fire, total) == ()
    (hit,) = sent(report("fire", attributes={"shots": "7"}), fire, total)
    assert hit.values == ("7",)


def test_a_rule_that_alerts_by_itself_groups_by_story() -> None:
    fire = detecting("fire", selection={"words|phrase": "fire"})

    (hit,) = sent(report("fire", story="s1"), fire)

    assert (hit.rule, hit.base, hit.group) == ("fire", "fire", {"story": "s1"})


def test_a_base_rule_alerts_by_itself_too_when_the_correlation_says_so() -> None:
    fire = detecting("fire", selection={"words|phrase": "fire"})

    hits = sent(report("fire"), fire, correlating("campaign", ["fire"], generate=True))

    assert sorted(hit.rule for hit in hits) == ["campaign", "fire"]


def test_a_list_in_group_by_gives_a_signal_for_each_combination() -> None:
    fire = detecting(
        "fire", selection={"actor_ids|expand": "%proxies%"}, group_by=["actor_ids", "targets"]
    )

    hits = sent(report(actors=["Badr", "AAH", "Hezbollah"], targets=["x", "y"]), fire)

    chosen = [(hit.group["actor_ids"], hit.group["targets"]) for hit in hits]
    assert chosen == list(itertools.product(["aah", "badr"], ["x", "y"]))


def test_there_are_at_most_64_combinations() -> None:
    fire = detecting("fire", selection={"words|phrase": "fire"}, group_by=["actors", "targets"])
    many = [f"group {number}" for number in range(12)]

    assert len(sent(report("fire", actors=many, targets=many), fire)) == 64


def test_an_event_without_a_group_by_field_is_not_counted() -> None:
    fire = detecting("fire", selection={"words|phrase": "fire"}, group_by=["country", "actors"])

    assert sent(report("fire", country="IQ"), fire) == ()


def test_a_drill_is_marked() -> None:
    (hit,) = sent(
        report("fire", exercise=True), detecting("fire", selection={"words|phrase": "fire"})
    )

    assert hit.exercise


def test_templates_get_the_fields_that_they_mention() -> None:
    written = detecting("fire", selection={"words|phrase": "fire"}).model_dump(
        by_alias=True, exclude_none=True
    )
    written["alert"] = {
        "summary": "{{ place }} {{ quantities.rockets }} {{ actors }} {{ country }} {{ value }}"
    }
    fire = type(detecting(selection={"words": "x"})).model_validate(written)

    (hit,) = sent(report("fire", place="Taji", quantities={"rockets": 3}, actors=["a", "b"]), fire)

    assert hit.fields == {
        "place": "Taji",
        "quantities.rockets": 3.0,
        "actors": ("a", "b"),
        "country": None,
    }


def test_evidence_is_a_short_excerpt_around_the_first_words_that_matched() -> None:
    text = "Nothing new. " * 60 + "Then rockets fell on Taji. " + "Nothing more. " * 60
    rockets = detecting("rockets", selection={"words|phrase": ["rockets fell", "taji"]})

    (hit,) = sent(report(text, title="Iraq"), rockets)

    excerpt = hit.evidence.excerpt or ""
    marked = [excerpt[span.start : span.end] for span in hit.evidence.spans]
    assert marked == ["rockets fell", "Taji"]
    assert len(excerpt) <= LONGEST_FIELD
    assert excerpt.startswith("…")
    assert excerpt.endswith("…")


def test_evidence_is_the_title_where_only_the_title_matched() -> None:
    rockets = detecting("rockets", selection={"words|phrase": "rockets"})

    (hit,) = sent(report("Nothing else.", title="Rockets!"), rockets)

    assert hit.evidence.excerpt == "Rockets!"
    assert [(span.start, span.end) for span in hit.evidence.spans] == [(0, 7)]


def test_evidence_without_matched_words_is_the_beginning_of_the_text() -> None:
    (hit,) = sent(report("Long ago. " * 60), detecting("any", selection={"source": "reuters"}))

    assert (hit.evidence.excerpt or "").startswith("Long ago.")
    assert hit.evidence.spans == ()


def test_a_correction_is_counted_as_any_report_and_a_retraction_gives_no_hit() -> None:
    fire = detecting("fire", selection={"words|phrase": "fire"}, group_by=["place"])
    second = report("fire", place="Balad", id="2", supersedes="1")

    (hit,) = sent(second, fire)

    assert (hit.identity, hit.group) == ("reuters 2", {"place": "Balad"})
    assert sent(report("No fire.", place="Balad", id="2", retracts="1"), fire) == ()


def test_a_new_value_is_part_of_the_key() -> None:
    fire = detecting("fire", selection={"words|phrase": "fire"})
    first = correlating("first", ["fire"], type="new_value", field="targets", history="30d")

    hits = sent(report("fire", targets=["Taji", "Balad"]), fire, first)

    assert [hit.group for hit in hits] == [{"targets": "Balad"}, {"targets": "Taji"}]


def test_a_reversal_pairs_the_members_of_opposed_alignment() -> None:
    meeting = detecting("meeting", selection={"words|phrase": "met"})
    turned = correlating("turned", ["meeting"], type="reversal", field="actor_ids", history="30d")
    event = report("met", actors=["Badr", "AAH", "Sadr", "Iraq"])

    hits = sent(event, meeting, turned, lists=(SIDES,))

    assert [hit.group for hit in hits] == [
        {"actor_ids": "aah + sadr"},
        {"actor_ids": "badr + sadr"},
    ]


def test_a_shared_term_carries_the_folded_terms_and_who_uses_them() -> None:
    speech = detecting("speech", selection={"words|phrase": "front"})
    shared = correlating("shared", ["speech"], type="shared_term", field="targets", by="actor_ids")
    event = report("front", actors=["Badr", "AAH"], targets=["Iraqi Résistance-Front"])

    (hit,) = sent(event, speech, shared)

    assert hit.values == ("iraqi resistance front",)
    assert set(hit.by) == {"badr", "aah"}
    assert sent(report("front", actors=["Badr"]), speech, shared) == ()


def test_a_divergence_says_of_which_list_the_actors_are_and_whether_they_have_the_value() -> None:
    speech = detecting("speech", selection={"words|phrase": "statement"})
    apart = correlating(
        "apart",
        ["speech"],
        type="divergence",
        field="type",
        value="threaten",
        between=["proxies", "lebanese"],
        baseline="30d",
        condition={"by": 0.3},
    )

    (threat,) = sent(report("statement", actors=["Badr"], type="Threaten"), speech, apart)
    (other,) = sent(report("statement", actors=["Hezbollah"], type="appeal"), speech, apart)

    assert (threat.by, threat.values) == (("proxies",), ("1",))
    assert (other.by, other.values) == (("lebanese",), ("0",))
    assert sent(report("statement", actors=["Nobody"]), speech, apart) == ()


def test_an_alias_reads_another_field_of_each_base_rule() -> None:
    fire = detecting("fire", selection={"words|phrase": "fire"})
    smoke = detecting("smoke", selection={"words|phrase": "smoke"})
    both = correlating(
        "both",
        ["fire", "smoke"],
        type="temporal",
        condition=None,
        group_by=["where"],
        aliases={"where": {"fire": "place", "smoke": "admin1"}},
    )
    event = report("smoke and fire", place="Taji", admin1="Baghdad")

    hits = sent(event, fire, smoke, both)

    assert [(hit.base, hit.group) for hit in hits] == [
        ("fire", {"where": "Taji"}),
        ("smoke", {"where": "Baghdad"}),
    ]
