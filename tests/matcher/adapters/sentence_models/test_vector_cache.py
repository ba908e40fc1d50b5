"""Vectors that are kept: each text is read once."""

from pathlib import Path

from services.matcher.adapters.sentence_models.vector_cache import CachedModel
from tests.matcher.fakes import CountingModel


def test_a_text_is_read_once_also_by_the_next_process(tmp_path: Path) -> None:
    model = CountingModel()
    first = CachedModel(model, tmp_path).embed(["one", "two", "one"])
    again = CachedModel(model, tmp_path)
    assert again.embed(["two", "one", "three"])[:2] == [first[1], first[0]]
    assert model.asked == ["one", "two", "three"]


def test_vectors_of_another_model_are_not_taken(tmp_path: Path) -> None:
    CachedModel(CountingModel(name="one"), tmp_path).embed(["text"])
    other = CountingModel(name="other")
    CachedModel(other, tmp_path).embed(["text"])
    assert other.asked == ["text"]


def test_a_file_that_cannot_be_read_is_only_slower(tmp_path: Path) -> None:
    model = CountingModel()
    CachedModel(model, tmp_path).embed(["text"])
    (tmp_path / f"{model.name}.npz").write_bytes(b"torn")
    assert CachedModel(model, tmp_path).embed(["text"]) == model.embed(["text"])


def test_a_folder_that_cannot_be_written_is_only_slower(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file, no folder")
    model = CountingModel()
    assert CachedModel(model, tmp_path / "taken").embed(["text"]) == model.embed(["text"])
