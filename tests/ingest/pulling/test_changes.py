from services.ingest.domain.pulling.changes import (
    MOST_SEEN,
    ItemChange,
    SeenItem,
    find_change,
    remember,
)

FIRST, EDITED = SeenItem("g1", "aaaa"), SeenItem("g1", "bbbb")


def test_an_item_that_was_never_seen_is_new() -> None:
    assert find_change(FIRST, {}) == ItemChange("g1")


def test_an_item_that_was_seen_is_no_news() -> None:
    assert find_change(FIRST, remember([FIRST], {})) is None


def test_an_edited_item_supersedes_the_one_of_its_id() -> None:
    assert find_change(EDITED, remember([FIRST], {})) == ItemChange("g1#bbbb", supersedes="g1")


def test_every_version_supersedes_the_first() -> None:
    seen = remember([EDITED], remember([FIRST], {}))

    assert find_change(SeenItem("g1", "cccc"), seen) == ItemChange("g1#cccc", supersedes="g1")


def test_an_item_that_comes_back_is_no_news() -> None:
    seen = remember([], remember([FIRST], {}))

    assert find_change(FIRST, seen) is None


def test_what_is_gone_longest_is_forgotten_first() -> None:
    many = [SeenItem(str(number), "a") for number in range(MOST_SEEN + 1)]

    seen = remember([SeenItem("new", "a")], remember(many, {}))

    assert len(seen) == MOST_SEEN + 1
    assert find_change(many[0], seen) == ItemChange("0")
    assert find_change(many[1], seen) is None
