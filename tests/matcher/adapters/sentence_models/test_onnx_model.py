"""A sentence model from a folder, on the real onnxruntime and tokenizers."""

from pathlib import Path

import pytest

from services.matcher.adapters.sentence_models.load_model import ModelUnavailable, load_model
from tests.matcher.tiny_onnx import write_model


def test_a_folder_with_a_model_and_a_tokenizer_is_a_sentence_model(tmp_path: Path) -> None:
    model = load_model(write_model(tmp_path, ["rocket", "base"]))
    assert model.embed(["Rocket", "rocket base", "nothing known"]) == [
        pytest.approx([0, 1, 0]),
        pytest.approx([0, 0.5**0.5, 0.5**0.5]),
        pytest.approx([0, 0, 0]),
    ]


def test_the_name_of_a_model_tells_its_content(tmp_path: Path) -> None:
    one, other = (write_model(tmp_path / name, [name]) for name in ("one", "other"))
    longer = write_model(tmp_path / "longer", ["one", "two"])
    names = [load_model(folder).name for folder in (one, other, longer)]
    assert names[0] == names[1] != names[2]


@pytest.mark.parametrize("lacking", ["model.onnx", "tokenizer.json"])
def test_a_folder_that_lacks_a_part_is_named_with_it(tmp_path: Path, lacking: str) -> None:
    (write_model(tmp_path, ["rocket"]) / lacking).unlink()
    with pytest.raises(ModelUnavailable, match=f"VEDETTE_READER_MODEL: no {lacking} in .*"):
        load_model(tmp_path)


@pytest.mark.parametrize("broken", ["model.onnx", "tokenizer.json"])
def test_a_part_that_is_no_model_is_refused_with_its_folder(tmp_path: Path, broken: str) -> None:
    (write_model(tmp_path, ["rocket"]) / broken).write_text("no model")
    with pytest.raises(ModelUnavailable, match="VEDETTE_READER_MODEL: "):
        load_model(tmp_path)
