"""The next bundle: what is carried over, what begins anew, and since when it watches."""

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
    changes,
    next_bundle,
    number_bundle,
    overtaken,
    same,
)

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
BEGINS = NOW - timedelta(days=30)
STAMP = PublishInfo(NOW, BEGINS)
KEPT = timedelta(days=14)
LATER = PublishInfo(NOW + timedelta(hours=1), BEGINS)


def edition(**digests: str) -> RuleSet:
    files = {"pack/indicators/all.yaml": str(digests)}
    return RuleSet(files, {f"pack/{name}": RuleDigest(one, KEPT) for name, one in digests.items()})


def first(**digests: str) -> VersionedBundle:
    return number_bundle(next_bundle(edition(**digests), ChangePolicy(), None, STAMP), 5)


def anew(digest: str, how: OnChange = OnChange.REBUILD) -> PublishedRule:
    since = LATER.at - KEPT if how is OnChange.REBUILD else LATER.at
    return PublishedRule(digest=digest, on_change=how, changed_at=LATER.at, since=since)


def test_every_rule_of_the_first_bundle_is_new() -> None:
    bundle = next_bundle(edition(a="1"), ChangePolicy(), None, STAMP)

    assert bundle.previous == 0
    assert bundle.rules == {
        "pack/a": PublishedRule(
            digest="1", on_change=OnChange.REBUILD, changed_at=NOW, since=NOW - KEPT
        )
    }


def test_the_first_bundle_may_keep_what_was_counted_without_one() -> None:
    bundle = next_bundle(edition(a="1"), ChangePolicy(OnChange.KEEP), None, STAMP)

    kept = PublishedRule(digest="1", on_change=OnChange.KEEP, changed_in=0)
    assert bundle.rules == {"pack/a": kept}


def test_a_rule_watches_no_longer_than_events_are_kept() -> None:
    young = replace(STAMP, begins=NOW - timedelta(days=2))
    empty = replace(STAMP, begins=None)
    since = [
        next_bundle(edition(a="1"), ChangePolicy(), None, stamp).rules["pack/a"].since
        for stamp in (STAMP, young, empty)
    ]

    assert since == [NOW - KEPT, NOW - timedelta(days=2), NOW]


def test_what_did_not_change_is_carried_over_with_its_number() -> None:
    before = first(a="1", b="1")

    after = next_bundle(edition(a="1", b="2"), ChangePolicy(), before, LATER)

    assert after.previous == 5
    assert after.rules["pack/a"] == before.bundle.rules["pack/a"]
    assert after.rules["pack/a"].changed_in == 5
    assert after.rules["pack/b"] == anew("2")


def test_windows_that_are_kept_have_the_new_digest_and_else_stand_as_they_did() -> None:
    before = first(a="1")

    after = next_bundle(edition(a="2"), ChangePolicy(OnChange.KEEP), before, LATER)

    was = before.bundle.rules["pack/a"]
    assert after.rules["pack/a"] == was.model_copy(update={"digest": "2"})


def test_windows_that_are_reset_watch_from_now_on() -> None:
    after = next_bundle(edition(a="2"), ChangePolicy(OnChange.RESET), first(a="1"), LATER)

    assert after.rules["pack/a"] == anew("2", OnChange.RESET)


def test_a_new_rule_has_nothing_to_keep() -> None:
    after = next_bundle(edition(a="1", b="1"), ChangePolicy(OnChange.KEEP), first(a="1"), LATER)

    assert after.rules["pack/b"] == anew("1", OnChange.RESET)


def test_a_rule_that_is_named_begins_anew_unchanged_too_and_in_its_own_way() -> None:
    declared = ChangePolicy(by_rule={"pack/a": OnChange.RESET, "pack/b": OnChange.KEEP})

    after = next_bundle(edition(a="1", b="2"), declared, first(a="1", b="1"), LATER)

    assert after.rules["pack/a"] == anew("1", OnChange.RESET)
    assert after.rules["pack/b"].changed_in == 5


def test_a_bundle_that_says_nothing_new_is_the_same() -> None:
    before = first(a="1")
    again = next_bundle(edition(a="1"), ChangePolicy(), before, LATER)
    forced = ChangePolicy(by_rule={"pack/a": OnChange.REBUILD})

    assert same(before, again)
    assert not same(None, again)
    assert not same(before, next_bundle(edition(a="1"), forced, before, LATER))
    assert not same(before, again.model_copy(update={"digest": "other words"}))


def test_changes_are_told_by_rule() -> None:
    before = first(gone="1", stays="1", turns="1")
    after = next_bundle(edition(stays="1", turns="2", comes="1"), ChangePolicy(), before, LATER)

    assert list(changes(before, after)) == [
        RuleDifference("pack/comes", DifferenceKind.NEW, anew("1")),
        RuleDifference("pack/gone", DifferenceKind.REMOVED),
        RuleDifference("pack/turns", DifferenceKind.CHANGED, anew("2")),
    ]


@pytest.mark.parametrize("how", [OnChange.REBUILD, OnChange.RESET])
def test_what_another_publisher_changed_unseen_begins_anew_behind_him(how: OnChange) -> None:
    before = first(a="1", b="1", c="1", gone="1")
    other = next_bundle(edition(a="2", b="1", c="2", fresh="1"), ChangePolicy(), before, LATER)
    mine = edition(a="1", b="2", c="3", gone="1")
    written = next_bundle(mine, ChangePolicy(how), before, LATER)

    declared = overtaken(written, ChangePolicy(how), [other], before)
    again = next_bundle(mine, declared, number_bundle(written, 7), LATER)

    assert again.rules["pack/a"] == anew("1", how)
    assert again.rules["pack/gone"] == anew("1", how)
    assert {name: again.rules[f"pack/{name}"].changed_in for name in "bc"} == {"b": 7, "c": 7}


def test_another_publisher_who_changed_nothing_that_counts_changes_nothing() -> None:
    before = first(a="1")
    other = next_bundle(edition(a="1", fresh="1"), ChangePolicy(), before, LATER)
    written = next_bundle(edition(a="1"), ChangePolicy(), before, LATER)

    declared = overtaken(written, ChangePolicy(), [other], before)

    assert same(
        number_bundle(written, 7),
        next_bundle(edition(a="1"), declared, number_bundle(written, 7), LATER),
    )
