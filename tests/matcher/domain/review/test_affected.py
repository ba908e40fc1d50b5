"""What a change of rules can affect, and what it cannot."""

import pytest

from services.matcher.domain.review.affected import find_affected, narrow_to_affected
from tests.matcher.adapters.rules.packs import changed
from tests.matcher.domain.review.reviewed import (
    CAMPAIGN,
    COURSE,
    FLOODS,
    HEAD,
    ROCKETS,
    review_rules,
)

BASE = review_rules(ROCKETS, CAMPAIGN, FLOODS, hypotheses=COURSE)


def affected_names(*rules: str, head: str = HEAD, hypotheses: str | None = COURSE) -> set[str]:
    found = find_affected(BASE, review_rules(*rules, head=head, hypotheses=hypotheses))
    return {name for _, name in found.rules | found.hypotheses}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("title: Rockets", "title: Rocket fire"),
        ("level: medium", "level: medium\n    description: what it is for"),
        ("level: medium", "level: medium\n    over_budget: the desk wants every one"),
    ],
)
def test_wording_affects_nothing(old: str, new: str) -> None:
    assert affected_names(changed(ROCKETS, old, new), CAMPAIGN, FLOODS) == set()


def test_a_change_of_a_base_reaches_the_rules_and_hypotheses_above() -> None:
    rockets = changed(ROCKETS, "rocket*", "[rocket*, mortar*]")

    assert affected_names(rockets, CAMPAIGN, FLOODS) == {"rockets", "campaign", "course"}


def test_how_a_base_ends_its_alerts_reaches_the_rules_above() -> None:
    rockets = changed(ROCKETS, "level: medium", "level: medium\n    resolve_after: 1h")

    assert affected_names(rockets, CAMPAIGN, FLOODS) == {"rockets", "campaign", "course"}


def test_a_level_alone_is_a_change() -> None:
    assert affected_names(ROCKETS, CAMPAIGN, changed(FLOODS, "low", "high")) == {"floods"}


def test_a_default_of_the_pack_is_a_change_of_its_rules() -> None:
    head = f"{HEAD}defaults: {{resolve_after: 2h}}\n"

    assert affected_names(ROCKETS, CAMPAIGN, FLOODS, head=head) == {
        *("rockets", "campaign", "floods", "course")
    }


def test_rules_that_come_and_go_are_affected() -> None:
    assert affected_names(ROCKETS, CAMPAIGN) == {"floods"}
    assert "floods" in {name for _, name in find_affected(review_rules(ROCKETS), BASE).rules}


def test_a_weight_affects_its_hypothesis_alone() -> None:
    heavier = changed(COURSE, "weight: 2", "weight: 3")

    assert affected_names(ROCKETS, CAMPAIGN, FLOODS, hypotheses=heavier) == {"course"}


def test_what_is_affected_is_replayed_with_all_that_it_is_made_from() -> None:
    heavier = review_rules(
        ROCKETS, CAMPAIGN, FLOODS, hypotheses=changed(COURSE, "weight: 2", "weight: 3")
    )

    narrow = narrow_to_affected(heavier.rulebook, find_affected(BASE, heavier))

    assert {name for _, name in narrow.windows} == {"rockets", "campaign"}
    assert [each.name for each in narrow.hypotheses] == ["course"]
