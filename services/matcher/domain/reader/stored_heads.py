"""Stored heads: trained heads as a file or a bundle holds them, and back."""

from array import array
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Iterable, Mapping

from schemas.reader_heads import EncodedVector, HeadExample, PackHeads, StoredHead
from services.matcher.domain.reader.heads import HeadKey, KnownExample, MeaningHead, TrainedPack
from services.matcher.domain.reader.ports import Plane, Vector
from services.matcher.domain.text.cut import cut_key, cut_text

FLOAT, BYTE = "f", "b"
"""Numbers of 32 bits, little-endian, and of 8 bits, as `array` calls them."""
_LARGEST_BYTE = 127
LONGEST_EXAMPLE = 300


class InvalidHeads(Exception):
    """The stored heads are damaged; the message names the meaning."""


def store_heads(trained: TrainedPack) -> PackHeads:
    """The heads as text; restored, their scores differ by less than a hundredth."""
    heads = {name: _store(head) for name, head in sorted(trained.heads.items())}
    return PackHeads(
        model=trained.model, trained_on=trained.trained_on, news=trained.news, heads=heads
    )


def restore_heads(stored: PackHeads) -> TrainedPack:
    """The heads of a file or a bundle.

    Raises:
        InvalidHeads: a vector is no base64, or not as long as the others.
    """
    heads: dict[str, MeaningHead] = {}
    for name, head in stored.heads.items():
        try:
            heads[name] = _restore(head)
        except (NotBase64, ValueError) as error:
            raise InvalidHeads(f"the head {name!r}: {error}") from error
    _refuse_lengths(heads)
    return TrainedPack(stored.model, stored.trained_on, heads, stored.news)


def restore_all(by_pack: Mapping[str, PackHeads], model: str) -> dict[HeadKey, MeaningHead]:
    """The heads of all packs that are for `model`.

    Raises:
        InvalidHeads: as `restore_heads`; the message names the pack.
    """
    heads: dict[HeadKey, MeaningHead] = {}
    for pack, stored in by_pack.items():
        if stored.model == model:
            try:
                restored = restore_heads(stored).heads
            except InvalidHeads as error:
                raise InvalidHeads(f"{pack}: {error}") from error
            heads |= {(pack, meaning): head for meaning, head in restored.items()}
    return heads


def _refuse_lengths(heads: dict[str, MeaningHead]) -> None:
    vectors = ((name, vector) for name, head in heads.items() for vector in _vectors(head))
    lengths = {len(vector): name for name, vector in vectors}
    if len(lengths) > 1:
        raise InvalidHeads(f"vectors of different lengths, one of {min(lengths.items())[1]!r}")


def _vectors(head: MeaningHead) -> Iterable[Vector]:
    yield head.plane.weights
    yield from (example.vector for example in head.examples)


def _store(head: MeaningHead) -> StoredHead:
    examples = tuple(
        HeadExample(
            text=cut_text(each.text, LONGEST_EXAMPLE),
            id=cut_key(each.example_id),
            vector=_encode(BYTE, _shorten(each.vector)),
        )
        for each in head.examples
    )
    return StoredHead(
        threshold=head.threshold,
        bias=head.plane.bias,
        positives=head.positives,
        weights=_encode(FLOAT, head.plane.weights),
        examples=examples,
        description=head.description,
    )


def _restore(stored: StoredHead) -> MeaningHead:
    examples = tuple(
        KnownExample(each.text, each.id, _decode(BYTE, each.vector)) for each in stored.examples
    )
    plane = Plane(_decode(FLOAT, stored.weights), stored.bias)
    return MeaningHead(plane, stored.threshold, stored.positives, examples, stored.description)


def _shorten(vector: Vector) -> list[int]:
    """The vector in whole numbers up to 127, whose direction is nearly the same."""
    largest = max(map(abs, vector), default=0.0) or 1.0
    return [round(each / largest * _LARGEST_BYTE) for each in vector]


def _encode(kind: str, vector: Iterable[float]) -> EncodedVector:
    return b64encode(array(kind, vector).tobytes()).decode()


def _decode(kind: str, encoded: EncodedVector) -> tuple[float, ...]:
    numbers = array(kind)
    numbers.frombytes(b64decode(encoded, validate=True))
    return tuple(numbers)
