"""The next bundle: which rules are carried over, which start over, and since when they watch."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from schemas.bundle import OnChange, PublishedRule
from services.matcher.domain.changes.next_bundle import (
    ChangePolicy,
    DifferenceKind,
    PublishInfo,
    RuleDifference,
    RuleDigest,
    RuleSet,
    VersionedBundle,
    changes_nothing,
    compare_bundles,
    next_bundle,
    number_bundle,
    resolve_race,
)

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
EVENTS_SINCE = NOW - timedelta(days=30)
INFO = PublishInfo(NOW, EVENTS_SINCE)
RETENTION = timedelta(days=14)
LATER = PublishInfo(NOW + timedelta(hours=1), EVENTS_SINCE)


def rule_set(**digests: str) -> RuleSet:
    files = {"pack/indicators/all.yaml": str(digests)}
    return RuleSet(
        files, {f"pack/{name}": RuleDigest(digest, RETENTION) for name, digest in digests.items()}
    )


def first(**digests: str) -> VersionedBundle:
    return number_bundle(next_bundle(rule_set(**digests), ChangePolicy(), None, INFO), 5)


def started_over(digest: str, on_change: OnChange = OnChange.REBUILD) -> PublishedRule:
    since = LATER.at - RETENTION if on_change is OnChange.REBUILD else LATER.at
    return PublishedRule(digest=digest, on_change=on_change, changed_at=LATER.at, since=since)


def test_every_rule_of_the_first_bundle_is_new() -> None:
    bundle = next_bundle(rule_set(a="1"), ChangePolicy(), None, INFO)

    assert bundle.previous == 0
    assert bundle.rules == {
        "pack/a": PublishedRule(
            digest="1", on_change=OnChange.REBUILD, changed_at=NOW, since=NOW - RETENTION
        )
    }


def test_the_first_bundle_may_keep_what_was_counted_without_one() -> None:
    bundle = next_bundle(rule_set(a="1"), ChangePolicy(OnChange.KEEP), None, INFO)

    kept = PublishedRule(digest="1", on_change=OnChange.KEEP, changed_in=0)
    assert bundle.rules == {"pack/a": kept}


def test_a_rule_watches_no_longer_than_events_are_kept() -> None:
    young = replace(INFO, events_since=NOW - timedelta(days=2))
    empty = replace(INFO, events_since=None)
    since = [
        next_bundle(rule_set(a="1"), ChangePolicy(), None, info).rules["pack/a"].since
        for info in (INFO, young, empty)
    ]

    assert since == [NOW - RETENTION, NOW - timedelta(days=2), NOW]


def test_what_did_not_change_is_carried_over_with_its_number() -> None:
    before = first(a="1", b="1")

    after = next_bundle(rule_set(a="1", b="2"), ChangePolicy(), before, LATER)

    assert after.previous == 5
    assert after.rules["pack/a"] == before.bundle.rules["pack/a"]
    assert after.rules["pack/a"].changed_in == 5
    assert after.rules["pack/b"] == started_over("2")


def test_a_rule_that_keeps_its_windows_changes_its_digest_and_its_alerts_alone() -> None:
    before = first(a="1")

    after = next_bundle(rule_set(a="2"), ChangePolicy(OnChange.KEEP), before, LATER)

    former = before.bundle.rules["pack/a"]
    assert after.rules["pack/a"] == former.model_copy(update={"digest": "2", "judged_in": None})


def test_alerts_of_a_rule_that_ends_or_grades_them_otherwise_are_judged_by_its_bundle() -> None:
    before, digest = first(a="1", b="1"), RuleDigest("1", RETENTION, "level: critical")
    rules = {**rule_set(a="1", b="1").rules, "pack/a": digest}

    after = next_bundle(RuleSet({}, rules), ChangePolicy(), before, LATER)
    again = next_bundle(RuleSet({}, rules), ChangePolicy(), number_bundle(after, 9), LATER)

    judged = {name: rule.judged_in for name, rule in again.rules.items()}
    assert judged == {"pack/a": 9, "pack/b": 5}
    assert {rule.changed_in for rule in again.rules.values()} == {5}


def test_windows_that_are_reset_watch_from_now_on() -> None:
    after = next_bundle(rule_set(a="2"), ChangePolicy(OnChange.RESET), first(a="1"), LATER)

    assert after.rules["pack/a"] == started_over("2", OnChange.RESET)


def test_a_new_rule_has_nothing_to_keep() -> None:
    after = next_bundle(rule_set(a="1", b="1"), ChangePolicy(OnChange.KEEP), first(a="1"), LATER)

    assert after.rules["pack/b"] == started_over("1", OnChange.RESET)


def test_a_rule_in_the_policy_starts_over_in_its_own_way_and_unchanged_too() -> None:
    policy = ChangePolicy(by_rule={"pack/a": OnChange.RESET, "pack/b": OnChange.KEEP})

    after = next_bundle(rule_set(a="1", b="2"), policy, first(a="1", b="1"), LATER)

    assert after.rules["pack/a"] == started_over("1", OnChange.RESET)
    assert after.rules["pack/b"].changed_in == 5


def test_a_bundle_of_the_same_rules_changes_nothing() -> None:
    before = first(a="1")
    again = next_bundle(rule_set(a="1"), ChangePolicy(), before, LATER)
    forced = ChangePolicy(by_rule={"pack/a": OnChange.REBUILD})

    assert changes_nothing(before, again)
    assert not changes_nothing(None, again)
    assert not changes_nothing(before, next_bundle(rule_set(a="1"), forced, before, LATER))
    assert not changes_nothing(before, again.model_copy(update={"digest": "other words"}))


def test_bundles_are_compared_rule_by_rule() -> None:
    before = first(gone="1", stays="1", turns="1")
    after = next_bundle(rule_set(stays="1", turns="2", comes="1"), ChangePolicy(), before, LATER)

    assert list(compare_bundles(before, after)) == [
        RuleDifference("pack/comes", DifferenceKind.NEW, started_over("1")),
        RuleDifference("pack/gone", DifferenceKind.REMOVED),
        RuleDifference("pack/turns", DifferenceKind.CHANGED, started_over("2")),
    ]


@pytest.mark.parametrize("on_change", [OnChange.REBUILD, OnChange.RESET])
def test_rules_that_another_publisher_changed_unseen_start_over(on_change: OnChange) -> None:
    before = first(a="1", b="1", c="1", gone="1")
    other = next_bundle(rule_set(a="2", b="1", c="2", fresh="1"), ChangePolicy(), before, LATER)
    mine = rule_set(a="1", b="2", c="3", gone="1")
    written = next_bundle(mine, ChangePolicy(on_change), before, LATER)

    policy = resolve_race(written, ChangePolicy(on_change), [other], before)
    again = next_bundle(mine, policy, number_bundle(written, 7), LATER)

    assert again.rules["pack/a"] == started_over("1", on_change)
    assert again.rules["pack/gone"] == started_over("1", on_change)
    assert {name: again.rules[f"pack/{name}"].changed_in for name in "bc"} == {"b": 7, "c": 7}


def test_another_publisher_who_changed_no_rule_of_ours_does_no_harm() -> None:
    before = first(a="1")
    other = next_bundle(rule_set(a="1", fresh="1"), ChangePolicy(), before, LATER)
    written = next_bundle(rule_set(a="1"), ChangePolicy(), before, LATER)

    policy = resolve_race(written, ChangePolicy(), [other], before)

    assert changes_nothing(
        number_bundle(written, 7),
        next_bundle(rule_set(a="1"), policy, number_bundle(written, 7), LATER),
    )
