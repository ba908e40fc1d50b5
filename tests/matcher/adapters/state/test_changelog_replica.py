"""Copies of the changelog: what is kept, what of it is trusted, and what waits for Kafka."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from rocksdict import Options, Rdict

from services.matcher.adapters.state.changelog import CONFIG, Changelog
from services.matcher.adapters.state.changelog_replica import (
    ChangelogReplica,
    Entry,
    MemoryReplica,
    Overlay,
)
from services.matcher.adapters.state.copies import in_directory
from services.matcher.adapters.state.kept_copy import (
    LONGEST_AWAY_SECONDS,
    Damaged,
    KeptCopy,
    open_kept,
)
from services.matcher.adapters.topics.cluster import KafkaUnusable

MARCH = Changelog("windows-changelog", "cluster windows-changelog topic-id")
A, B = b'0:["iraq","march"]', b'0:["iraq","rockets"]'
NOW = 1_578_200_000.0


def reopened(folder: Path, identity: str = "one", now: float = NOW) -> KeptCopy:
    return open_kept(folder, identity, lambda: now)


@pytest.fixture
def kept(tmp_path: Path) -> KeptCopy:
    return reopened(tmp_path / "0")


@pytest.fixture(params=["memory", "kept"])
def copy(request: pytest.FixtureRequest) -> ChangelogReplica:
    if request.param == "memory":
        return MemoryReplica()
    found: ChangelogReplica = request.getfixturevalue("kept")
    return found


def test_a_copy_holds_what_its_messages_say_and_where_they_end(copy: ChangelogReplica) -> None:
    assert (copy.offset, list(copy.items())) == (None, [])

    copy.follow([(A, b"1"), (B, b"1"), (A, b"2")], 2)
    copy.follow([(B, None)], 3)

    assert (copy.offset, list(copy.items())) == (3, [(A, b"2")])
    assert (copy.get(A), copy.get(B)) == (b"2", None)


def test_a_copy_that_is_cleared_begins_again(copy: ChangelogReplica) -> None:
    copy.follow([(A, b"1")], 7)
    copy.clear()

    assert (copy.offset, copy.get(A)) == (None, None)
    copy.follow([(B, b"1")], 0)
    assert list(copy.items()) == [(B, b"1")]


def test_a_directory_that_was_closed_goes_on_where_it_was(kept: KeptCopy, tmp_path: Path) -> None:
    kept.follow([(A, b"1"), (B, b"2")], 9)
    kept.close()

    again = reopened(tmp_path / "0")

    assert (again.offset, dict(again.items())) == (9, {A: b"1", B: b"2"})


def test_a_directory_whose_process_was_killed_goes_on_too(kept: KeptCopy, tmp_path: Path) -> None:
    kept.follow([(A, b"1")], 9)
    # as it stands on the disk, never closed, with the lock's file in it
    shutil.copytree(tmp_path / "0", tmp_path / "killed")

    again = reopened(tmp_path / "killed")

    assert (again.offset, dict(again.items())) == (9, {A: b"1"})


def _half_written(folder: Path) -> None:
    log = max(folder.glob("*.log"), key=lambda path: path.stat().st_size)
    log.write_bytes(log.read_bytes()[:-5])


def test_a_write_that_was_cut_off_is_gone_with_its_offset(kept: KeptCopy, tmp_path: Path) -> None:
    kept.follow([(A, b"1")], 9)
    kept.follow([(A, b"2"), (B, b"2")], 11)
    shutil.copytree(tmp_path / "0", tmp_path / "cut")
    _half_written(tmp_path / "cut")

    again = reopened(tmp_path / "cut")

    assert (again.offset, dict(again.items())) == (9, {A: b"1"})


def _without_manifest(folder: Path) -> None:
    next(folder.glob("MANIFEST*")).unlink()


def _of_something_else(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.mkdir()
    (folder / "CURRENT").write_text("a novel\n")


def _without_a_mark(folder: Path) -> None:
    shutil.rmtree(folder)
    with Rdict(str(folder), Options(raw_mode=True)) as database:
        database[A] = b"from nowhere"


@pytest.mark.parametrize("spoil", [_without_manifest, _of_something_else, _without_a_mark])
def test_a_directory_that_is_spoilt_is_made_anew(
    kept: KeptCopy, tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    kept.follow([(A, b"1")], 9)
    kept.close()
    spoil(tmp_path / "0")

    again = reopened(tmp_path / "0")

    assert (again.offset, list(again.items())) == (None, [])


@pytest.mark.parametrize(
    ("identity", "later"),
    [("another", 0), ("one", LONGEST_AWAY_SECONDS + 1), ("one", -1)],
    ids=["of another topic", "left too long ago", "from the future"],
)
def test_a_directory_that_may_be_wrong_is_made_anew(
    kept: KeptCopy, tmp_path: Path, identity: str, later: int
) -> None:
    kept.follow([(A, b"1")], 9)
    kept.close()

    again = reopened(tmp_path / "0", identity, NOW + later)

    assert (again.offset, list(again.items())) == (None, [])
    again.close()
    assert reopened(tmp_path / "0", identity, NOW + later).offset is None


def test_who_was_away_for_long_cannot_have_missed_a_deletion() -> None:
    assert int(CONFIG["delete.retention.ms"]) > LONGEST_AWAY_SECONDS * 1000


def _damaged(folder: Path) -> KeptCopy:
    copy = reopened(folder)
    copy.follow([(b"0:%d" % number, b"%d" % number * 100) for number in range(10_000)], 9_999)
    copy.close()
    with Rdict(str(folder), Options(raw_mode=True)) as database:
        database.flush()
    data = max(folder.glob("*.sst"), key=lambda path: path.stat().st_size)
    raw = bytearray(data.read_bytes())
    raw[1_000:1_010] = bytes(10)
    data.write_bytes(raw)
    return reopened(folder)


def _read_one(copy: KeptCopy) -> None:
    for number in range(10_000):
        copy.get(b"0:%d" % number)


def _read_all(copy: KeptCopy) -> None:
    list(copy.items())


@pytest.mark.parametrize("read", [_read_one, _read_all])
def test_damage_ends_the_process_and_the_next_makes_it_anew(
    tmp_path: Path, read: Callable[[KeptCopy], None]
) -> None:
    copy = _damaged(tmp_path / "0")

    with pytest.raises(Damaged, match="made anew"):
        read(copy)
    copy.close()

    assert reopened(tmp_path / "0").offset is None


def test_one_worker_has_a_directory_for_itself(tmp_path: Path) -> None:
    with in_directory(tmp_path, MARCH) as first:
        mine = first(0)
        mine.follow([(A, b"1")], 0)
        with (
            pytest.raises(KafkaUnusable, match=r"VEDETTE_STATE_DIR.*another"),
            in_directory(tmp_path, MARCH),
        ):
            pass
        mine.close()

    with in_directory(tmp_path, MARCH) as again:
        assert again(0).get(A) == b"1"
        assert again(1).get(A) is None


def test_a_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with (
        pytest.raises(KafkaUnusable, match=r"VEDETTE_STATE_DIR.*file"),
        in_directory(tmp_path / "file", MARCH),
    ):
        pass


def items(shelf: Overlay) -> dict[bytes, bytes]:
    return dict(shelf.items())


def test_what_kafka_has_not_acknowledged_is_seen_but_not_kept() -> None:
    shelf = Overlay(MemoryReplica())
    before: list[Entry] = [(A, b"old"), (B, b"old")]
    shelf.copy.follow(before, 1)

    shelf.write(A, b"new")
    shelf.write(B, None)

    assert (shelf.get(A), shelf.get(B), items(shelf)) == (b"new", None, {A: b"new"})
    assert (dict(shelf.copy.items()), shelf.copy.offset) == ({A: b"old", B: b"old"}, 1)


def test_what_kafka_acknowledged_is_kept_up_to_there() -> None:
    shelf = Overlay(MemoryReplica())
    shelf.write(A, b"1")
    shelf.write(A, b"2")

    shelf.answered(A, b"1", 0)

    assert (shelf.get(A), shelf.copy.get(A), shelf.copy.offset) == (b"2", b"1", 0)
    shelf.answered(A, b"2", 1)
    assert (items(shelf), dict(shelf.copy.items()), shelf.unanswered) == ({A: b"2"}, {A: b"2"}, {})


def test_what_was_not_acknowledged_when_partitions_moved_is_forgotten() -> None:
    shelf = Overlay(MemoryReplica())
    shelf.copy.follow([(A, b"old")], 5)
    shelf.write(A, b"never sent")

    shelf.forget_unanswered()

    assert items(shelf) == {A: b"old"}


def test_an_answer_that_comes_after_its_message_was_read_changes_nothing() -> None:
    shelf = Overlay(MemoryReplica())
    shelf.copy.follow([(A, b"mine"), (A, b"the next owner's")], 6)

    shelf.answered(A, b"mine", 5)

    assert (items(shelf), shelf.copy.offset) == ({A: b"the next owner's"}, 6)


def test_a_late_answer_hides_nothing_that_was_written_since() -> None:
    shelf = Overlay(MemoryReplica())
    shelf.write(A, b"before")
    shelf.forget_unanswered()
    shelf.write(A, b"since")

    shelf.answered(A, b"before", 0)

    assert (shelf.get(A), shelf.copy.get(A)) == (b"since", b"before")
    shelf.answered(A, b"since", 1)
    assert (items(shelf), shelf.unanswered) == ({A: b"since"}, {})
