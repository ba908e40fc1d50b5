"""The next bundle: what is carried over, what begins anew, and since when it watches."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from schemas.bundle import OnChange, RuleStanding
from services.matcher.domain.changes.succession import (
    Change,
    Declared,
    Edition,
    Numbered,
    Said,
    Stamp,
    What,
    changes,
    numbered,
    overtaken,
    same,
    succeeding,
)

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
BEGINS = NOW - timedelta(days=30)
STAMP = Stamp(NOW, BEGINS)
KEPT = timedelta(days=14)
LATER = Stamp(NOW + timedelta(hours=1), BEGINS)


def edition(**digests: str) -> Edition:
    files = {"pack/indicators/all.yaml": str(digests)}
    return Edition(files, {f"pack/{name}": Said(one, KEPT) for name, one in digests.items()})


def first(**digests: str) -> Numbered:
    return numbered(succeeding(edition(**digests), Declared(), None, STAMP), 5)


def anew(digest: str, how: OnChange = OnChange.REBUILD) -> RuleStanding:
    since = LATER.at - KEPT if how is OnChange.REBUILD else LATER.at
    return RuleStanding(digest=digest, on_change=how, changed_at=LATER.at, since=since)


def test_every_rule_of_the_first_bundle_is_new() -> None:
    bundle = succeeding(edition(a="1"), Declared(), None, STAMP)

    assert bundle.previous == 0
    assert bundle.rules == {
        "pack/a": RuleStanding(
            digest="1", on_change=OnChange.REBUILD, changed_at=NOW, since=NOW - KEPT
        )
    }


def test_the_first_bundle_may_keep_what_was_counted_without_one() -> None:
    bundle = succeeding(edition(a="1"), Declared(OnChange.KEEP), None, STAMP)

    kept = RuleStanding(digest="1", on_change=OnChange.KEEP, changed_in=0)
    assert bundle.rules == {"pack/a": kept}


def test_a_rule_watches_no_longer_than_events_are_kept() -> None:
    young = replace(STAMP, begins=NOW - timedelta(days=2))
    empty = replace(STAMP, begins=None)
    since = [
        succeeding(edition(a="1"), Declared(), None, stamp).rules["pack/a"].since
        for stamp in (STAMP, young, empty)
    ]

    assert since == [NOW - KEPT, NOW - timedelta(days=2), NOW]


def test_what_did_not_change_is_carried_over_with_its_number() -> None:
    before = first(a="1", b="1")

    after = succeeding(edition(a="1", b="2"), Declared(), before, LATER)

    assert after.previous == 5
    assert after.rules["pack/a"] == before.bundle.rules["pack/a"]
    assert after.rules["pack/a"].changed_in == 5
    assert after.rules["pack/b"] == anew("2")


def test_windows_that_are_kept_have_the_new_digest_and_else_stand_as_they_did() -> None:
    before = first(a="1")

    after = succeeding(edition(a="2"), Declared(OnChange.KEEP), before, LATER)

    was = before.bundle.rules["pack/a"]
    assert after.rules["pack/a"] == was.model_copy(update={"digest": "2"})


def test_windows_that_are_reset_watch_from_now_on() -> None:
    after = succeeding(edition(a="2"), Declared(OnChange.RESET), first(a="1"), LATER)

    assert after.rules["pack/a"] == anew("2", OnChange.RESET)


def test_a_new_rule_has_nothing_to_keep() -> None:
    after = succeeding(edition(a="1", b="1"), Declared(OnChange.KEEP), first(a="1"), LATER)

    assert after.rules["pack/b"] == anew("1", OnChange.RESET)


def test_a_rule_that_is_named_begins_anew_unchanged_too_and_in_its_own_way() -> None:
    declared = Declared(by_rule={"pack/a": OnChange.RESET, "pack/b": OnChange.KEEP})

    after = succeeding(edition(a="1", b="2"), declared, first(a="1", b="1"), LATER)

    assert after.rules["pack/a"] == anew("1", OnChange.RESET)
    assert after.rules["pack/b"].changed_in == 5


def test_a_bundle_that_says_nothing_new_is_the_same() -> None:
    before = first(a="1")
    again = succeeding(edition(a="1"), Declared(), before, LATER)
    forced = Declared(by_rule={"pack/a": OnChange.REBUILD})

    assert same(before, again)
    assert not same(None, again)
    assert not same(before, succeeding(edition(a="1"), forced, before, LATER))
    assert not same(before, again.model_copy(update={"digest": "other words"}))


def test_changes_are_told_by_rule() -> None:
    before = first(gone="1", stays="1", turns="1")
    after = succeeding(edition(stays="1", turns="2", comes="1"), Declared(), before, LATER)

    assert list(changes(before, after)) == [
        Change("pack/comes", What.NEW, anew("1")),
        Change("pack/gone", What.REMOVED),
        Change("pack/turns", What.CHANGED, anew("2")),
    ]


@pytest.mark.parametrize("how", [OnChange.REBUILD, OnChange.RESET])
def test_what_another_publisher_changed_unseen_begins_anew_behind_him(how: OnChange) -> None:
    before = first(a="1", b="1", c="1", gone="1")
    other = succeeding(edition(a="2", b="1", c="2", fresh="1"), Declared(), before, LATER)
    mine = edition(a="1", b="2", c="3", gone="1")
    written = succeeding(mine, Declared(how), before, LATER)

    declared = overtaken(written, Declared(how), [other], before)
    again = succeeding(mine, declared, numbered(written, 7), LATER)

    assert again.rules["pack/a"] == anew("1", how)
    assert again.rules["pack/gone"] == anew("1", how)
    assert {name: again.rules[f"pack/{name}"].changed_in for name in "bc"} == {"b": 7, "c": 7}


def test_another_publisher_who_changed_nothing_that_counts_changes_nothing() -> None:
    before = first(a="1")
    other = succeeding(edition(a="1", fresh="1"), Declared(), before, LATER)
    written = succeeding(edition(a="1"), Declared(), before, LATER)

    declared = overtaken(written, Declared(), [other], before)

    assert same(
        numbered(written, 7), succeeding(edition(a="1"), declared, numbered(written, 7), LATER)
    )
