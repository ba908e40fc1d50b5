from services.matcher.domain.changes.rule_record import RuleRecord
from services.matcher.domain.rules.rulebook import Rulebook
from tests.matcher.builders import HOUR, NOON

OLD, NEW, OTHER = ("pack", "old"), ("pack", "new"), ("pack", "other")
FIVE, NINE = NOON + 5 * HOUR, NOON + 9 * HOUR


def test_a_rule_watches_since_the_time_at_which_the_record_first_met_it() -> None:
    later = RuleRecord().watch([OLD], FIVE).watch([OLD, NEW], NINE)

    assert later.watching_since(OLD) == FIVE
    assert later.watching_since(NEW) == NINE
    assert later.watching_since(OTHER) is None


def test_no_rule_watches_before_there_is_a_time() -> None:
    record = RuleRecord().watch([OLD], None)

    assert record.watching_since(OLD) is None


def test_nothing_changes_where_all_rules_are_met() -> None:
    record = RuleRecord().watch([OLD], FIVE)

    assert record.watch([OLD], NINE) is record


def test_the_record_forgets_since_when_a_removed_rule_has_watched() -> None:
    record = RuleRecord().watch([OLD], FIVE)

    migrated = record.migrate(Rulebook(number=4))

    assert (migrated.bundle, migrated.watching_since(OLD)) == (4, None)


def test_states_migrate_to_newer_bundles_alone() -> None:
    record = RuleRecord(bundle=4, digest="then")

    assert [record.is_current(number, "now") for number in (3, 4, 5)] == [True, True, False]


def test_rules_from_a_folder_are_compared_by_their_names() -> None:
    record = RuleRecord(digest="then")

    assert record.is_current(0, "then")
    assert not record.is_current(0, "now")
    assert RuleRecord().is_current(0, "now")
