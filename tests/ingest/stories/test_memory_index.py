from services.ingest.domain.stories.bands import (
    MOST_ENTRIES,
    MOST_OF_ONE_OWNER,
    BandEntry,
    add_entry,
)
from services.ingest.domain.stories.memory_index import MemoryIndex, cluster_events
from services.ingest.domain.stories.signature import find_bands
from tests.ingest.stories.wires import WIRE, hours, story_report, wire


def test_copies_have_the_story_of_the_first() -> None:
    index = MemoryIndex()

    assert [index.assign(story_report(name)) for name in "abc"] == ["a a"] * 3


def test_a_short_copy_is_found_by_its_first_sentence() -> None:
    begin = "Floods swept away the Karsa bridge late on Sunday."
    index = MemoryIndex()
    first = story_report("a", begin + " The army is building a pontoon crossing.")
    copy = story_report("b", "DERNA - " + begin + " Soldiers are putting up floats instead.")
    index.assign(first)

    assert not set(find_bands(first.content)[:-1]) & set(find_bands(copy.content)[:-1])
    assert index.assign(copy) == "a a"


def test_a_repeat_never_changes_the_story_of_an_identity() -> None:
    index = MemoryIndex()
    late = story_report("late", "By our staff. " + WIRE)
    index.assign(late)
    index.assign(story_report("first"))

    assert index.assign(story_report("late", "Another text altogether.")) == "late late"


def test_a_correction_stays_in_the_story_of_what_it_corrects() -> None:
    index = MemoryIndex()
    index.assign(story_report("a"))
    corrected = story_report("2", WIRE.replace("four", "six"), source="a", supersedes="a")

    assert index.assign(corrected) == "a a"


def test_the_story_of_a_long_identity_has_a_name_that_is_not_too_long() -> None:
    report = story_report("a", source="s" * 1000)

    assert len(MemoryIndex().assign(report)) <= 1024


def test_a_file_is_clustered_in_the_order_of_recording() -> None:
    late, early = wire("late", recorded_at=hours(2)), wire("early", recorded_at=hours(1))

    assert [event.story for event in cluster_events([late, early])] == ["early early"] * 2


def test_a_file_keeps_the_stories_that_it_has() -> None:
    events = cluster_events([wire("a", story="mine"), wire("b"), wire("c", "", retracts="d")])

    assert [event.story for event in events] == ["mine", "b b", None]


def test_one_owner_keeps_no_other_out_of_a_band() -> None:
    genuine = BandEntry("genuine", "reuters")
    entries: tuple[BandEntry, ...] = (genuine,)
    for number in range(1000):
        entries = add_entry(entries, BandEntry(str(number), "mallory"))

    assert genuine in entries
    assert len(entries) == 1 + MOST_OF_ONE_OWNER


def test_a_band_is_bounded_whoever_fills_it() -> None:
    entries: tuple[BandEntry, ...] = ()
    for number in range(100):
        entries = add_entry(entries, BandEntry(str(number), str(number)))

    assert len(entries) == MOST_ENTRIES
    assert entries[-1].story == "99"
