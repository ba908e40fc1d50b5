"""Three rulebooks with rules of every kind, and streams of reports that they can fire on."""

from typing import Any

from hypothesis import strategies as st

from schemas.event import Event
from schemas.rule import NamedList, RuleDocument
from tests.matcher.builders import HOUR, NOON
from tests.matcher.rules import PROXIES, correlating, detecting, rulebook


def corroborated(document: RuleDocument, **corroboration: object) -> RuleDocument:
    fields = document.model_dump(by_alias=True, exclude_unset=True) | {
        "corroboration": corroboration
    }
    return type(document).model_validate(fields)


RATE = {"ratio": 2, "floor": 2}
WITHIN = {"timespan": "4h", "max_lateness": "6h"}
EARLIER = WITHIN | {"timespan": "2h", "baseline": "8h"}
BOTH = ["rocket", "march"]
ROCKET = detecting("rocket", selection={"words|phrase": "rocket*"})
MARCH = detecting(
    "march",
    condition="words and who",
    words={"words|phrase": "march* baghdad ~3"},
    who={"entities|expand": "%proxies%"},
)
SALVO = correlating("salvo", ["rocket"], group_by=["place"], **WITHIN | {"condition": {"gte": 2}})
ALIGNED = tuple(
    NamedList.model_validate({"name": side, "members": members})
    for side, members in (
        ("proxies", [{"id": name, "name": name, "alignment": "iran"} for name in ("badr", "aah")]),
        ("forces", [{"id": name, "name": name, "alignment": "state"} for name in ("cts", "isf")]),
    )
)
COUNTS = rulebook(
    detecting("fire", group_by=["place"], selection={"words|phrase": "fire*"}),
    ROCKET,
    MARCH,
    SALVO,
    corroborated(
        correlating("few", ["rocket"], **WITHIN | {"condition": {"gte": 2, "lt": 4}}),
        sources=2,
        within="2h",
    ),
    correlating(
        "joint",
        ["march"],
        type="value_count",
        **WITHIN | {"condition": {"field": "entities", "gte": 2}},
    ),
    correlating("both", BOTH, type="temporal", **WITHIN | {"condition": None}),
    correlating("ordered", BOTH, type="temporal_ordered", **WITHIN | {"condition": None}),
    correlating("alone", BOTH, type="temporal", **WITHIN | {"condition": "rocket and not march"}),
    correlating(
        "heavy",
        ["rocket"],
        type="value_avg",
        count_by="event",
        **WITHIN | {"condition": {"field": "quantities.rockets", "gt": 3}},
    ),
    lists=(PROXIES,),
)
CHANGES = rulebook(
    detecting("any", selection={"words": "*"}),
    ROCKET,
    MARCH,
    correlating("unanswered", BOTH, type="absence", **WITHIN | {"condition": None}),
    correlating(
        "last", ["rocket"], type="absence", group_by=["place"], **WITHIN | {"condition": None}
    ),
    correlating("faster", ["any"], type="rate_change", **EARLIER | {"condition": RATE}),
    correlating(
        "apart",
        ["any"],
        type="divergence",
        field="place",
        value="Taji",
        between=["proxies", "forces"],
        **EARLIER | {"condition": {"by": 0.3, "floor": 1}},
    ),
    correlating("new", ["any"], type="new_value", field="actors", history="12h", **WITHIN),
    correlating("turned", ["any"], type="reversal", field="actor_ids", history="12h", **WITHIN),
    correlating(
        "shared",
        ["any"],
        type="shared_term",
        field="place",
        by="source",
        **WITHIN | {"condition": {"gte": 2}},
    ),
    lists=ALIGNED,
)
CHAIN = rulebook(
    ROCKET,
    SALVO,
    correlating("wave", ["salvo"], timespan="12h", condition={"gte": 2}),
    correlating("calm", ["rocket"], **WITHIN | {"condition": {"gte": 2}}).model_copy(
        update={"cooldown": 5 * HOUR, "resolve_after": HOUR}
    ),
    lists=(),
)
BOOKS = st.sampled_from([COUNTS, COUNTS, CHANGES, CHAIN])
TEXTS = [
    "Rockets fell and a fire broke out.",
    "A rocket was found.",
    "Badr will march on Baghdad.",
    "Kata’ib Hezbollah and AAH: we march into Baghdad!",
    "بدر: Marching to Baghdad",
    "Fires burn.",
    "Nothing happened.",
]


def report(hours: float, **fields: Any) -> Event:
    at = NOON + hours * HOUR
    given = {"id": "1", "source": "reuters", "text": "Nothing happened.", "occurred_at": at}
    return Event.model_validate(given | {"recorded_at": at} | fields)


@st.composite
def reports(draw: st.DrawFn, number: int, *, exercise: bool = False) -> Event:
    place = draw(st.sampled_from([None, "Taji", "Balad"]))
    rockets = draw(st.sampled_from([None, 1, 3, 7]))
    return report(
        draw(st.integers(0, 48)) / 2,
        id=f"{'drill' if exercise else 'report'} {number}",
        source=draw(st.sampled_from(["reuters", "afp"])),
        actors=draw(st.sampled_from([[], ["badr"], ["badr", "cts"], ["aah", "isf"], ["cts"]])),
        text=draw(st.sampled_from(TEXTS)),
        place=place,
        story=draw(st.sampled_from([None, "wire"])),
        quantities={} if rockets is None else {"rockets": rockets},
        exercise=exercise,
    )


@st.composite
def streams(draw: st.DrawFn, *, exercise: bool = False, most: int = 14) -> list[Event]:
    count = draw(st.integers(1, most))
    return [draw(reports(number, exercise=exercise)) for number in range(count)]
