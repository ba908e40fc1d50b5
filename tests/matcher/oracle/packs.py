"""Any rules of every type, on one to three levels, and any reports for them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from hypothesis import strategies as st

from schemas.event import Event
from schemas.rule import CorrelationRule, NamedList, RuleDocument
from services.matcher.domain.rules.rulebook import Rulebook
from tests.matcher.builders import HOUR, NOON
from tests.matcher.oracle.episodes import side_of
from tests.matcher.oracle.hits import OracleHit
from tests.matcher.rules import correlating, detecting, rulebook

ACTORS = ("east-1", "east-2", "west-1")
TERMS = ("green dawn", "green dawns", "black star")
PLACES = ("taji", "taji", "tajji", "balad")
TYPES = ("a", "b")
LATE = 10 * HOUR
SIDES = tuple(
    NamedList.model_validate(
        {
            "name": side,
            "members": [
                {"id": actor, "name": f"Actor {actor}", "alignment": side}
                for actor in ACTORS
                if side_of(actor) == side
            ],
        }
    )
    for side in ("east", "west")
)
DETECTIONS = tuple(detecting(name, selection={"type": name}) for name in TYPES)


@dataclass(frozen=True)
class Report:
    """One report; `corrects` is the id of one of the same source, `retracts` says how."""

    id: str
    type: str
    at: datetime
    recorded_at: datetime
    place: str
    actors: tuple[str, ...]
    terms: tuple[str, ...]
    rockets: int
    story: str | None
    source: str
    until: datetime
    corrects: str | None = None
    retracts: bool = False

    def as_event(self) -> Event:
        correction = {"retracts" if self.retracts else "supersedes": self.corrects}
        given = {
            "id": self.id,
            "source": self.source,
            "source_owner": f"owner of {self.source}",
            "type": self.type,
            "text": "Nothing else.",
            "occurred_at": self.at,
            "occurred_until": self.until,
            "recorded_at": self.recorded_at,
            "place": self.place,
            "actors": [f"Actor {actor}" for actor in self.actors],
            "targets": self.terms,
            "quantities": {"rockets": self.rockets},
            "story": self.story,
        }
        return Event.model_validate(given | (correction if self.corrects else {}))

    @property
    def identity(self) -> str:
        return f"{self.source} {self.id}"

    def as_hit(self) -> OracleHit:
        fields = {
            "place": (self.place,),
            "type": (self.type,),
            "actor_ids": self.actors,
            "lists": tuple({side_of(actor) for actor in self.actors}),
            "targets": self.terms,
            "quantities.rockets": (str(self.rockets),),
        }
        return OracleHit(
            identity=self.identity,
            base=self.type,
            times=(self.at,),
            fields=fields,
            story=self.story or self.identity,
            source=self.source,
            owners=frozenset({f"owner of {self.source}"}),
            until=self.until,
        )


@st.composite
def reports(draw: st.DrawFn, *, longest: int = 20, corrections: bool = True) -> list[Report]:
    """Reports on half-hours, late by up to LATE, some corrected by later ones."""
    furthest, made = draw(st.sampled_from([8, 30, 60, 600])), list[Report]()
    for number in range(draw(st.integers(3, longest))):
        at = NOON + HOUR * draw(st.integers(0, furthest)) / 2
        report = Report(
            id=f"e{number}",
            type=draw(st.sampled_from(TYPES)),
            at=at,
            recorded_at=at + LATE * draw(st.sampled_from([0, 0, 0, 0.3, 0.9])),
            place=draw(st.sampled_from(PLACES)),
            actors=tuple(sorted(draw(st.sets(st.sampled_from(ACTORS), max_size=2)))),
            terms=tuple(draw(st.lists(st.sampled_from(TERMS), max_size=2, unique=True))),
            rockets=draw(st.integers(-2, 6)),
            story=draw(st.sampled_from([None, None, "wire"])),
            source=draw(st.sampled_from(["s1", "s2"])),
            until=at + HOUR * draw(st.sampled_from([0, 0, 0.5, 3])),
        )
        made.append(report)
        if corrections and draw(st.integers(0, 5)) == 0:
            made.append(_correction(draw, made))
    return made


def _correction(draw: st.DrawFn, made: Sequence[Report]) -> Report:
    """A later version of one of them, or its retraction, soon enough for every window."""
    target = draw(st.sampled_from(made))
    left = target.at + LATE - target.recorded_at
    recorded_at = target.recorded_at + left * draw(st.sampled_from([0.1, 0.5]))
    retracts = draw(st.booleans())
    return replace(
        target,
        id=f"c{len(made)}",
        type="none" if retracts else draw(st.sampled_from(TYPES)),
        recorded_at=recorded_at,
        rockets=draw(st.integers(-2, 6)),
        corrects=target.id,
        retracts=retracts,
    )


Section = dict[str, Any]
Kinds = dict[str, Sequence[Section]]
COUNTED: Kinds = {
    "event_count": [
        {"condition": {"gte": 1}},
        {"condition": {"gte": 2}},
        {"condition": {"gte": 1, "lt": 3}},
        {"condition": {"eq": 2}},
    ],
    "temporal": [
        {"condition": None},
        {"condition": "{0} and not {1}"},
        {"condition": {"gte": 1}},
    ],
    "temporal_ordered": [{"condition": None}, {"condition": {"gte": 1}}],
    "absence": [{"condition": None}],
    "rate_change": [
        {
            "baseline": "8h",
            "min_baseline": "3h",
            "condition": {"ratio": 2, "floor": 2, "significance": 0.3},
        },
        {"baseline": "20h", "min_baseline": "1h", "condition": {"ratio": 1.5}},
    ],
}
APART: Section = {"between": ["east", "west"], "baseline": "12h", "min_baseline": "2h"}
OF_REPORTS: Kinds = {
    "value_count": [
        {"condition": {"field": "actor_ids", "gte": 2}},
        {"condition": {"field": "targets", "gte": 2, "lte": 2}},
    ],
    "value_sum": [{"condition": {"field": "quantities.rockets", "gte": 5}}],
    "value_avg": [{"condition": {"field": "quantities.rockets", "gt": 1, "lte": 4}}],
    "value_percentile": [
        {"condition": {"field": "quantities.rockets", "percentile": 70, "gte": 3}}
    ],
    "new_value": [{"field": "targets", "history": "12h", "warmup": "2h", "condition": None}],
    "reversal": [{"field": "actor_ids", "history": "12h", "condition": None}],
    "shared_term": [{"field": "targets", "by": "actor_ids", "condition": {"gte": 2}}],
    "divergence": [{"field": "targets", "value": "black star", "condition": {"by": 0.3}} | APART],
}
OF_ALERTS: Kinds = {
    "value_count": [{"condition": {"field": "place", "gte": 2}}],
    "value_sum": [{"condition": {"field": "value", "gte": 3}}],
    "value_avg": [{"condition": {"field": "value", "gt": 1}}],
    "value_percentile": [{"condition": {"field": "value", "percentile": 60, "gte": 2}}],
    "new_value": [{"field": "place", "history": "12h", "warmup": "2h", "condition": None}],
    "shared_term": [{"field": "place", "by": "place", "similarity": 80, "condition": {"gte": 2}}],
}
OF_ACTORS: Kinds = {
    "divergence": [{"field": "place", "value": "balad", "condition": {"by": 0.2}} | APART],
    "value_count": [{"condition": {"field": "actor_ids", "gte": 2}}],
}
ENDINGS: Sequence[Section] = (
    {},
    {},
    {"resolve_after": "1h"},
    {"resolve_after": "20h"},
    {"cooldown": "3h"},
)
GROUPS: Sequence[list[str]] = (["place"], ["place"], ["place", "actor_ids"], [])


@st.composite
def sections(draw: st.DrawFn, bases: Sequence[str], kinds: Kinds) -> Section:
    """The section of a rule over these bases."""
    kind = draw(st.sampled_from(sorted(kinds)))
    section = {"type": kind} | draw(st.sampled_from(kinds[kind]))
    needs_two = kind.startswith("temporal")
    bases = [base for base in bases if _has_field(base, section["condition"])]
    rules = draw(st.permutations(bases))[: 2 if needs_two else draw(st.integers(1, 2))]
    if isinstance(section["condition"], str):
        section["condition"] = section["condition"].format(*rules)
    if kind in ("event_count", "value_sum", "value_avg") and draw(st.booleans()):
        section["count_by"] = "event"
    if kind in ("event_count", "value_count", "value_sum", "temporal") and draw(st.booleans()):
        section["interval"] = "certain"
    section["timespan"] = draw(st.sampled_from(["30m", "4h", "9h"]))
    return section | {"rules": list(rules)}


def _has_field(base: str, condition: Section | str | None) -> bool:
    """Whether hits of a base may have what a condition counts: reports have no `value`."""
    field = condition.get("field") if isinstance(condition, dict) else None
    return field != "value" or base not in TYPES


@st.composite
def rule_sets(draw: st.DrawFn, late: str = "10h") -> tuple[CorrelationRule, ...]:
    """Rules on one to three levels, mostly on two; each counts some of the level below."""
    made: list[CorrelationRule] = []
    for level in range(draw(st.sampled_from([1, 2, 2, 3]))):
        fields = draw(groups(level, made))
        of_level = [
            draw(rules_like(f"r{level}{number}", made, fields, late)) for number in range(2)
        ]
        made += of_level
    return tuple(made)


def groups(level: int, made: Sequence[CorrelationRule]) -> st.SearchStrategy[list[str]]:
    """What rules of a level group by: any field, or the first of those that their bases do."""
    if level == 0:
        return st.sampled_from(GROUPS)
    below = list_fields_below(level, made)
    return st.sampled_from([below[:0], below[:1]])


def list_fields_below(level: int, made: Sequence[CorrelationRule]) -> Sequence[str]:
    """What the rules below a level group by."""
    below = (rule for rule in made if rule.name.startswith(f"r{level - 1}"))
    return min((rule.correlation.group_by for rule in below), key=len)


@st.composite
def rules_like(
    draw: st.DrawFn, name: str, made: Sequence[CorrelationRule], fields: Sequence[str], late: str
) -> CorrelationRule:
    """A rule of this name, whose first digit is its level, over some of those below."""
    level = int(name[1])
    below = [rule.name for rule in made if rule.name.startswith(f"r{level - 1}")]
    bases = [*below, "a"] if level else [*TYPES]
    kinds = _kinds_over(list_fields_below(level, made)) if level else OF_REPORTS
    section = draw(sections(bases, COUNTED | kinds))
    rules = section.pop("rules")
    section |= {"group_by": list(fields), "max_lateness": late, "generate": True}
    return draw(ended(correlating(name, rules, **section)))


@st.composite
def ended(draw: st.DrawFn, rule: CorrelationRule) -> CorrelationRule:
    """The rule with another end of its episodes, and another corroboration."""
    extra: Section = {"level": "high"} | draw(st.sampled_from(ENDINGS))
    extra |= draw(st.sampled_from([{}, {"corroboration": {"sources": 2, "within": "2h"}}]))
    dumped = rule.model_dump(
        by_alias=True, exclude_unset=True, exclude={"resolve_after", "cooldown", "corroboration"}
    )
    return CorrelationRule.model_validate(dumped | extra)


def _kinds_over(fields: Sequence[str]) -> Kinds:
    """The types that find what they read in alerts of this group."""
    kinds = dict(OF_ALERTS if "place" in fields else {})
    return kinds | (OF_ACTORS if "actor_ids" in fields else {})


def make_book(rules: Iterable[RuleDocument]) -> Rulebook:
    """The rulebook of these rules."""
    return rulebook(*DETECTIONS, *rules, lists=SIDES)
