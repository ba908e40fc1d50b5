"""Stored heads: what is restored scores as what was stored."""

import pytest

from schemas.reader_heads import PackHeads
from services.matcher.domain.reader.heads import KnownExample, MeaningHead, TrainedPack
from services.matcher.domain.reader.ports import Plane
from services.matcher.domain.reader.stored_heads import (
    InvalidHeads,
    restore_all,
    restore_heads,
    store_heads,
)

EXAMPLE = KnownExample("They shelled it.", "seen-1", (0.25, -0.5, 1.0))
HEAD = MeaningHead(Plane((1.5, -2.25, 0.1), 0.5), 1.25, 20, (EXAMPLE,))
TRAINED = TrainedPack("counting", "digest", {"fire": HEAD}, news=100)


def stored() -> PackHeads:
    return PackHeads.model_validate_json(store_heads(TRAINED).model_dump_json())


def test_restored_heads_score_as_those_that_were_stored() -> None:
    restored = restore_heads(stored())
    head = restored.heads["fire"]
    assert (restored.model, restored.trained_on, restored.news) == ("counting", "digest", 100)
    assert (head.threshold, head.positives) == (1.25, 20)
    assert head.score((1.0, 2.0, 3.0)) == pytest.approx(HEAD.score((1.0, 2.0, 3.0)), abs=0.01)


def test_a_restored_example_is_as_near_as_it_was() -> None:
    (example,) = restore_heads(stored()).heads["fire"].examples
    assert (example.text, example.example_id) == (EXAMPLE.text, EXAMPLE.example_id)
    assert example.similarity((0.25, -0.5, 1.0)) == pytest.approx(1.0, abs=0.001)


def test_heads_of_another_model_are_left_out() -> None:
    assert restore_all({"pack": stored()}, "other") == {}
    assert list(restore_all({"pack": stored()}, "counting")) == [("pack", "fire")]


@pytest.mark.parametrize("weights", ["no base64!", "AAAA", "AACAPw=="])
def test_damaged_weights_are_named_by_pack_and_meaning(weights: str) -> None:
    head = stored().heads["fire"].model_copy(update={"weights": weights})
    damaged = stored().model_copy(update={"heads": {"fire": head}})
    with pytest.raises(InvalidHeads, match=r"pack: .*'fire'"):
        restore_all({"pack": damaged}, "counting")


def test_heads_of_different_lengths_are_refused() -> None:
    other = MeaningHead(Plane((1.0,), 0.0), 1.0, 8)
    mixed = TrainedPack("counting", "digest", {"fire": HEAD, "talk": other})
    with pytest.raises(InvalidHeads, match="different lengths, one of 'talk'"):
        restore_heads(store_heads(mixed))
