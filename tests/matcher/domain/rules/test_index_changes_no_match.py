"""With the index and without it the same rules match."""

from dataclasses import replace

from hypothesis import example, given
from hypothesis import strategies as st

from schemas.event import Event
from schemas.rule import DetectionRule, NamedList, SiteList
from services.matcher.domain.detection.predicates import Atom
from services.matcher.domain.detection.selectivity import selectivity
from services.matcher.domain.rules.matching import match_event
from services.matcher.domain.rules.rule_index import make_index
from services.matcher.domain.rules.rulebook import Rulebook, assemble_rulebook, without_index
from tests.matcher.rules import LEBANESE, PROXIES, detecting, report, rulebook, word_list

WORDS = ("the", "march", "marches", "fire", "fired", "of", "badr", "city", "حزب", "والحزب", "الله")
TYPES = ("threat", "Assault", "appeal")

Rule = tuple[str, dict[str, object], dict[str, object]]
"""A condition, and the selections `a` and `b`."""

TOWNS = NamedList.model_validate(
    {
        "name": "towns",
        "members": [{"id": f"town-{number}", "name": f"Town {number}"} for number in range(40)],
    }
)
BASES = SiteList.model_validate(
    {
        "name": "bases",
        "sites": [
            {"id": "camp-taji", "name": "Camp Taji", "lat": 33.52, "lon": 44.25, "radius_km": 8},
            {"id": "depot", "name": "Depot", "lat": 33.0, "lon": 44.0, "radius_km": 2},
        ],
    }
)

MOVES = word_list("moves", en=["march/v", "open/v fire", "fire/v"])
DEEDS = word_list("deeds", en=["%moves%", "of ~2 city"])

some_words = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join)
phrases = st.one_of(
    some_words,
    some_words.map("{}*".format),
    st.tuples(some_words, some_words).map("{0[0]}* {0[1]}".format),
    st.builds("{} {} ~{}".format, some_words, some_words, st.integers(1, 4)),
)
near = st.sampled_from(WORDS) | phrases
selections = st.one_of(
    st.builds(
        lambda field, phrase: {f"{field}|phrase": phrase},
        st.sampled_from(["words", "text", "title", "actors", "attributes.unit"]),
        st.lists(phrases, min_size=1, max_size=3),
    ),
    st.builds(
        lambda all_phrases: {"words|phrase|all": all_phrases},
        st.lists(phrases, min_size=2, max_size=3),
    ),
    st.builds(
        lambda field, near: {f"{field}|near": near},
        *(st.sampled_from(["words", "text"]), st.lists(near, min_size=2, max_size=3)),
    ),
    st.builds(lambda types: {"type": types}, st.lists(st.sampled_from(TYPES), min_size=1)),
    st.builds(lambda word: {"text|contains": word}, st.sampled_from(WORDS)),
    st.builds(lambda actors: {"actors": actors}, st.lists(some_words, min_size=1, max_size=2)),
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
    st.sampled_from(
        [
            {"entities|expand": "%towns%"},
            {"words|near|expand": ["%proxies%", "fire*"]},
            {"text|near|expand": ["%towns%", "march"]},
            {"geo|within_km": "camp-taji 20"},
            {"geo|within_km": ["%bases% 300", "depot 5"]},
            {"names|exists": True},
            {"names": "Liwa Fire"},
            {"sites": "depot"},
            {"sites|expand": "%bases%"},
            {"words|says": ["%proxies% > %moves%"]},
            {"words|says": ["%proxies% > %deeds%"]},
            {"words|says": ["%deeds%"]},
            {"words|phrase": "%deeds% ~3 badr"},
            {"text|says": ["%proxies% > %moves% > city", "!%towns%"]},
            {"title|says|any": ["%proxies|towns%", "%moves%"]},
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
texts = st.lists(
    st.sampled_from((*WORDS, "Badr City", "march, of", "’", ". The", "Liwa Fire", "Town 7")),
    max_size=9,
).map(" ".join)
places = st.sampled_from([(33.5, 44.3), (33.0, 44.0), (0.0, 0.0)])
events = st.builds(
    lambda text, type_and_actors, place: report(
        text or "x", **type_and_actors, **dict(zip(("lat", "lon"), place or (), strict=False))
    ),
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
    st.none() | places,
)


def document(number: int, rule: Rule) -> DetectionRule:
    condition, a, b = rule
    return detecting(f"rule_{number}", condition, a=a, b=b)


def built(*documents: DetectionRule) -> Rulebook:
    return rulebook(
        *documents, lists=(PROXIES, LEBANESE, TOWNS), words=(MOVES, DEEDS), places=(BASES,)
    )


def names(book: Rulebook, event: Event) -> list[tuple[str, object]]:
    return [(match.rule.name, match.spans) for match in match_event(book, event)]


THERE = report("Badr and Liwa Fire march at Town 7. Fires", lat=33.0, lon=44.0)
SURE_TO_MATCH: list[Rule] = [
    ("a", {"words|near": ["march", "fire*"]}, {}),
    ("a", {"text|near|expand": ["%proxies%", "fire*"]}, {}),
    ("a and b", {"entities|expand": "%towns%"}, {"geo|within_km": ["%bases% 300"]}),
    ("a", {"geo|within_km": "camp-taji 100"}, {}),
    ("a", {"names": "Liwa Fire"}, {}),
    ("a", {"names|exists": True}, {}),
    ("a", {"sites|expand": "%bases%"}, {}),
    ("a", {"words|says": ["%proxies% > %moves%"]}, {}),
    ("a", {"words|says": ["%proxies% > %deeds%"]}, {}),
    ("a", {"words|phrase": "badr ~3 %deeds%"}, {}),
]


def test_what_is_sure_to_match_does() -> None:
    book = built(*(document(*numbered) for numbered in enumerate(SURE_TO_MATCH)))

    assert [name for name, _ in names(book, THERE)] == [
        f"rule_{number}" for number in range(len(SURE_TO_MATCH))
    ]


@example(asked=SURE_TO_MATCH, reported=[THERE], upside_down=False)
@example(asked=SURE_TO_MATCH, reported=[THERE], upside_down=True)
@given(
    asked=st.lists(rules, min_size=1, max_size=8),
    reported=st.lists(events, min_size=1, max_size=4),
    upside_down=st.booleans(),
)
def test_rules_match_as_if_every_one_were_asked(
    asked: list[Rule],
    reported: list[Event],
    upside_down: bool,
) -> None:
    def selectivity_of(atom: Atom) -> float:
        return 1 - selectivity(atom) if upside_down else selectivity(atom)

    (pack,) = built(*(document(*numbered) for numbered in enumerate(asked))).packs
    every = assemble_rulebook([without_index(pack, pack.rules)], [])
    index = make_index((rule.predicate for rule in pack.rules), selectivity_of)
    by_index = assemble_rulebook([replace(pack, index=index)], [])

    for event in reported:
        assert names(by_index, event) == names(every, event)


def test_a_long_list_is_registered_once_and_not_under_each_member() -> None:
    book = built(
        detecting("any", selection={"entities|expand": "%towns%"}),
        detecting("both", selection={"entities|expand": "%towns%", "type|contains": "threat"}),
        detecting("few", selection={"entities|expand": "%proxies%"}),
    )

    (pack,) = book.packs

    assert [(field, len(ids), rules) for (field, ids), rules in pack.index.by_list.items()] == [
        ("entities", 40, (0, 1))
    ]
    assert pack.index.by_value == {"entities": {"kh": (2,), "badr": (2,), "aah": (2,)}}
    assert [name for name, _ in names(book, report("Fire in Town 39"))] == ["any"]
    assert names(book, report("Fire in the city")) == []
