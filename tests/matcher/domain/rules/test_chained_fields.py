"""What each type of rule reads of an alert of the rule below it."""

import pytest

from schemas.rule import NamedList
from schemas.signal import Signal
from services.matcher.domain.backtest.replay import replay
from services.matcher.domain.rules.chain import chain_alert
from tests.matcher.chained import CAMPAIGN, FIRE, TWO_PLACES
from tests.matcher.rules import (
    LEBANESE,
    PROXIES,
    correlating,
    rulebook,
)

OPPOSED = NamedList.model_validate(
    {
        "name": "sides",
        "members": [
            {"id": "iran", "name": "Iran", "alignment": "east"},
            {"id": "us", "name": "US", "alignment": "west"},
            {"id": "uk", "name": "UK", "alignment": "west"},
        ],
    }
)


TYPES: dict[str, dict[str, object]] = {
    "new_value": {"field": "place", "history": "10d", "condition": None},
    "shared_term": {"field": "place", "by": "type", "condition": {"gte": 1}},
    "divergence": {
        "field": "type",
        "value": "Threaten",
        "between": ["proxies", "lebanese"],
        "baseline": "14d",
        "condition": {"by": 0.1},
    },
    "reversal": {"field": "actor_ids", "history": "10d", "condition": None},
}


GROUP = {"place": "Taji Camp", "type": "threaten", "actor_ids": "badr"}


@pytest.mark.parametrize(
    ("kind", "changes", "group", "values", "by"),
    [
        ("new_value", {}, {"place": "Taji Camp"}, (), ()),
        ("shared_term", {}, {}, ("taji camp",), ("threaten",)),
        ("divergence", {}, {}, ("1",), ("proxies",)),
        ("divergence", {"type": "meet"}, {}, ("0",), ("proxies",)),
        ("reversal", {"actor_ids": "iran + us"}, {"actor_ids": "iran + us"}, (), ()),
    ],
)
def test_every_type_reads_what_it_counts_in_the_group_of_an_alert(
    kind: str,
    changes: dict[str, str],
    group: dict[str, str],
    values: tuple[str, ...],
    by: tuple[str, ...],
) -> None:
    (hit,) = chained(kind, GROUP | changes)

    assert (hit.group, hit.values, hit.by) == (group, values, by)


@pytest.mark.parametrize(
    ("kind", "group"),
    [
        ("new_value", {}),
        ("shared_term", {"place": "Taji Camp"}),
        ("divergence", GROUP | {"actor_ids": "iran"}),
        ("reversal", GROUP),
        ("reversal", GROUP | {"actor_ids": "uk + us"}),
    ],
)
def test_an_alert_without_what_a_type_reads_is_not_counted(
    kind: str, group: dict[str, str]
) -> None:
    assert chained(kind, group) == ()


def chained(kind: str, group: dict[str, str]) -> tuple[Signal, ...]:
    above = correlating("above", ["campaign"], type=kind, **TYPES[kind])
    book = rulebook(FIRE, CAMPAIGN, above, lists=(PROXIES, LEBANESE, OPPOSED))
    campaign = replay(rulebook(FIRE, CAMPAIGN), TWO_PLACES[:2]).final[0]
    return chain_alert(book, campaign.model_copy(update={"group": group}))


def test_an_alias_names_the_field_of_the_base_rule() -> None:
    aliased = correlating(
        "above",
        ["campaign"],
        type="value_count",
        condition={"field": "where", "gte": 1},
        group_by=["where"],
        aliases={"where": {"campaign": "place"}},
    )
    book = rulebook(FIRE, CAMPAIGN, aliased)
    campaign = replay(rulebook(FIRE, CAMPAIGN), TWO_PLACES[:2]).final[0]

    (hit,) = chain_alert(book, campaign)

    assert (hit.group, hit.values) == ({"where": "Taji"}, ("Taji",))
