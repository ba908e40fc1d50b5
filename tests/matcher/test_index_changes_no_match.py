"""The index only spares questions: with it and without it the same rules match."""

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.event import Event
from schemas.rule import DetectionRule
from services.matcher.domain.matching import matches
from services.matcher.domain.predicates import Atom
from services.matcher.domain.rarity import rarity
from services.matcher.domain.rulebook import Rulebook, assembled, indexed, unindexed
from tests.matcher.rules import detecting, report, rulebook

WORDS = ("the", "march", "marches", "fire", "fired", "of", "badr", "city", "حزب", "والحزب", "الله")
TYPES = ("threat", "Assault", "appeal")

some_words = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join)
phrases = st.one_of(
    some_words,
    some_words.map("{}*".format),
    st.tuples(some_words, some_words).map("{0[0]}* {0[1]}".format),
    st.builds("{} {} ~{}".format, some_words, some_words, st.integers(1, 4)),
)
selections = st.one_of(
    st.builds(
        lambda field, told: {f"{field}|phrase": told},
        st.sampled_from(["words", "text", "title", "actors", "attributes.unit"]),
        st.lists(phrases, min_size=1, max_size=3),
    ),
    st.builds(lambda told: {"words|phrase|all": told}, st.lists(phrases, min_size=2, max_size=3)),
    st.builds(lambda told: {"type": told}, st.lists(st.sampled_from(TYPES), min_size=1)),
    st.builds(lambda told: {"text|contains": told}, st.sampled_from(WORDS)),
    st.builds(lambda told: {"actors": told}, st.lists(some_words, min_size=1, max_size=2)),
    st.sampled_from(
        [
            {"entities|expand": "%proxies%"},
            {"actor_ids": ["badr", "hezbollah"]},
            {"words|expand": "%lebanese%"},
            {"country|exists": True},
            {"country": None},
            {"quantities.dead|gte": 3},
            {"words|re": "f[i]re"},
        ]
    ),
)
conditions = st.sampled_from(
    ("a", "a and b", "a or b", "a and not b", "not a", "1 of *", "all of *", "a and (b or not a)")
)
rules = st.builds(
    lambda condition, a, beside, b: (condition, {**a, **beside}, b),
    *(conditions, selections, st.one_of(st.just({}), selections), selections),
)
texts = st.lists(st.sampled_from((*WORDS, "Badr City", "march, of", "’")), max_size=9).map(" ".join)
events = st.builds(
    lambda text, told: report(text or "x", **told),
    texts,
    st.fixed_dictionaries(
        {},
        optional={
            "title": texts,
            "type": st.sampled_from(TYPES),
            "country": st.just("IQ"),
            "actors": st.lists(some_words, max_size=2),
            "attributes": some_words.map(lambda unit: {"unit": unit}),
            "quantities": st.integers(0, 5).map(lambda dead: {"dead": dead}),
        },
    ),
)


def document(number: int, rule: tuple[str, dict[str, object], dict[str, object]]) -> DetectionRule:
    condition, a, b = rule
    return detecting(f"rule_{number}", condition, a=a, b=b)


def names(book: Rulebook, event: Event) -> list[tuple[str, object]]:
    return [(match.rule.name, match.spans) for match in matches(book, event)]


@settings(deadline=None, max_examples=150)
@given(
    st.lists(rules, min_size=1, max_size=8),
    st.lists(events, min_size=1, max_size=4),
    st.booleans(),
)
def test_rules_match_as_if_every_one_were_asked(
    asked: list[tuple[str, dict[str, object], dict[str, object]]],
    reported: list[Event],
    upside_down: bool,
) -> None:
    def oftenest(atom: Atom) -> float:
        return 1 - rarity(atom) if upside_down else rarity(atom)

    (pack,) = rulebook(*(document(*one) for one in enumerate(asked))).packs
    every = assembled([unindexed(pack, pack.rules)], [])
    by_index = assembled([indexed(pack.name, pack.lists, pack.rules, oftenest)], [])

    for event in reported:
        assert names(by_index, event) == names(every, event)
