"""Two real streams: their reports, and the rules over them that the definition is asked about."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml

from schemas.event import Event
from schemas.rule import CorrelationRule, DetectionRule, NamedList
from tests.matcher.builders import HOUR
from tests.matcher.oracle.episodes import side_of
from tests.matcher.oracle.hits import OracleHit
from tests.matcher.oracle.real_reports import Fields, RealReport
from tests.matcher.proof.streams import Row, attack, icews, interaction, sigacts
from tests.matcher.rules import detecting

RULES = yaml.safe_load(Path(__file__).with_name("real_rules.yaml").read_text(encoding="utf-8"))
OF_RULE = frozenset({"resolve_after", "cooldown", "corroboration"})
"""Keys that stand beside the correlation in a rule."""
MEMBERS = {
    "Iran": "tehran-state",
    "Hassan Rouhani": "tehran-rouhani",
    "Mohammad Javad Zarif": "tehran-zarif",
    "Bashar al-Assad": "tehran-assad",
    "Russia": "tehran-russia",
    "United States": "west-us",
    "Donald Trump": "west-trump",
    "Israel": "west-israel",
    "Saudi Arabia": "west-riyadh",
    "European Union": "west-eu",
}
DEALS = frozenset(
    {
        "Consult",
        "Engage in negotiation",
        "Express intent to cooperate",
        "Sign formal agreement",
    }
)
NAMES = re.compile("|".join(rf"\b{name}\b" for name in MEMBERS))
SIDES = tuple(
    NamedList.model_validate(
        {
            "name": side,
            "members": [
                {"id": member, "name": name, "alignment": side}
                for name, member in MEMBERS.items()
                if side_of(member) == side
            ],
        }
    )
    for side in ("tehran", "west")
)


@dataclass(frozen=True)
class RealStream:
    """The rows of a stream, and what a row is: an event; what rules read; a hit of which rules."""

    name: str
    rows: Callable[[], Sequence[Row]]
    make_event: Callable[[Row, timedelta], Event]
    read: Callable[[Row], Fields]
    kinds: Mapping[str, frozenset[str]]
    late: timedelta

    @property
    def detections(self) -> tuple[DetectionRule, ...]:
        """The rules that find the reports: any, and those of some types."""
        kinds = (
            detecting(name, one={"type": sorted(types)}, condition="one")
            for name, types in self.kinds.items()
        )
        return (detecting("any", selection={"source": "stream", "words": "*"}), *kinds)

    @property
    def rules(self) -> tuple[CorrelationRule, ...]:
        """The rules, each behind those that it counts."""
        return tuple(
            _make_rule(name, section, self.late) for name, section in RULES[self.name].items()
        )

    def make_hits(self, report: RealReport) -> Iterator[OracleHit]:
        """The hits of a report."""
        if report.row is None:
            return
        fields, story = self.read(report.row), self.make_event(report.row, timedelta(0)).story
        kinds = (name for name, types in self.kinds.items() if types & set(fields["type"]))
        for base in ("any", *kinds):
            yield report.as_hit(base, fields, story)


def _make_rule(name: str, given: Mapping[str, Any], late: timedelta) -> CorrelationRule:
    of_rule = {key: value for key, value in given.items() if key in OF_RULE}
    section: dict[str, Any] = {"condition": None, "group-by": [], "max_lateness": late}
    section |= {key: value for key, value in given.items() if key not in OF_RULE}
    document = {"title": name, "name": name, "level": "high", "correlation": section}
    return CorrelationRule.model_validate(document | of_rule)


def _read_attack(row: Row) -> Fields:
    return {
        "type": _values(row["event_type"]),
        "targets": _values(row["target"]),
        "place": _values(row["city"]),
    }


def _read_news(row: Row) -> Fields:
    actors, members = _members(row["source"]), _members(row["target"])
    return {
        "type": _values(row["relation"]),
        "actors": _values(row["source"]),
        "targets": _values(row["target"]),
        "actor_ids": actors,
        "entities": tuple(sorted({*actors, *members})),
        "lists": tuple({side_of(actor) for actor in actors}),
    }


def _values(value: str | None) -> tuple[str, ...]:
    return () if value is None else (value,)


def _members(name: str | None) -> tuple[str, ...]:
    return tuple(sorted({MEMBERS[found] for found in NAMES.findall(name or "")}))


def _list_news() -> list[Row]:
    stream = icews("2018-03-01", "2018-04-01")
    return [row for row in stream if NAMES.search(f"{row['source']} / {row['target']}")][::14]


ATTACKS = RealStream(
    "attacks",
    lambda: sigacts("2004-11-01", "2004-11-06"),
    attack,
    _read_attack,
    {"ied": frozenset({"IED"}), "shots": frozenset({"Small Arms"})},
    6 * HOUR,
)
NEWS = RealStream(
    "news",
    _list_news,
    interaction,
    _read_news,
    {"deal": DEALS},
    72 * HOUR,
)
