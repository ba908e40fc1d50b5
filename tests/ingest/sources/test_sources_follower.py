from pathlib import Path

import pytest

from services.followed_files import FollowedFile
from services.ingest.adapters.sources.sources_follower import InvalidSources, follow_sources
from services.ingest.domain.sources.source_set import SourceSet

FIRST = "{id: a, kind: jsonl, path: x}"
SECOND = "{id: b, kind: jsonl, path: x}"


class Clock:
    """Goes on by two seconds with each look."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 2.0
        return self.now


def following(folder: Path, notes: dict[str, str]) -> FollowedFile[SourceSet]:
    follower = follow_sources(folder, notes)
    assert isinstance(follower, FollowedFile)
    follower.clock = Clock()
    return follower


def test_a_changed_folder_is_read_again(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(FIRST)
    sources = following(tmp_path, {})
    before = sources()

    (tmp_path / "b.yaml").write_text(SECOND)
    after = sources()

    assert [sorted(before.ids), sorted(after.ids)] == [["a"], ["a", "b"]]
    assert sources() is after
    (tmp_path / "a.yaml").unlink()
    assert sources().ids == {"b"}


def test_while_a_file_has_a_fault_the_last_good_sources_stay(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(FIRST)
    notes: dict[str, str] = {}
    sources = following(tmp_path, notes)

    (tmp_path / "b.yaml").write_text("id: b\nkind: jsnl")

    assert sources().ids == {"a"}
    assert "b.yaml:2: kind: there is no kind 'jsnl'" in notes["sources"]
    (tmp_path / "b.yaml").write_text(SECOND)
    assert sources().ids == {"a", "b"}
    assert notes == {}


def test_the_folder_is_looked_at_once_a_second(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(FIRST)
    sources = following(tmp_path, {})
    sources.clock = lambda: 5.0
    sources()

    (tmp_path / "b.yaml").write_text(SECOND)

    assert sources().ids == {"a"}


def test_a_fault_at_the_start_stops_it(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("id: a")

    with pytest.raises(InvalidSources, match=r"a\.yaml:1: kind: is missing"):
        follow_sources(tmp_path, {})
    with pytest.raises(InvalidSources, match="no such folder"):
        follow_sources(tmp_path / "none", {})


def test_without_a_folder_there_are_no_sources() -> None:
    assert follow_sources(None, {})().ids == set()
