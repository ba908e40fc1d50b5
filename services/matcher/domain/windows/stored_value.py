"""Values that the table stores as JSON, with the version of their schema."""

from typing import Protocol, Self, TypeVar

import msgspec

from schemas.version import SCHEMA_VERSION, check_version

T = TypeVar("T")
_ENCODER = msgspec.json.Encoder()


class StoredValue(msgspec.Struct, frozen=True, kw_only=True):
    """A frozen value, which keeps the rule of schemas.version."""

    version: int = SCHEMA_VERSION

    def __post_init__(self) -> None:
        check_version(self.version)

    def encode(self) -> bytes:
        """The value as JSON."""
        return _ENCODER.encode(self)

    @classmethod
    def decode(cls, raw: bytes) -> Self:
        """The value back from `encode`.

        Raises:
            NewerSchema: a later release wrote it.
            msgspec.ValidationError: these bytes are no such value.
        """
        return decode_versioned(raw, msgspec.json.Decoder(cls), _VERSION)


class Versioned(Protocol):
    """What of a value is read whatever its version is."""

    @property
    def version(self) -> int:
        """Of its schema."""
        ...


def decode_versioned(
    raw: bytes, decoder: "msgspec.json.Decoder[T]", version: "msgspec.json.Decoder[Versioned]"
) -> T:
    """The value; one that cannot be decoded is asked for its version first.

    Raises:
        NewerSchema: a later release wrote it.
        msgspec.ValidationError: it is none.
    """
    try:
        return decoder.decode(raw)
    except msgspec.ValidationError:
        check_version(version.decode(raw).version)
        raise


class _ValueVersion(msgspec.Struct, frozen=True):
    version: int = SCHEMA_VERSION


_VERSION: "msgspec.json.Decoder[Versioned]" = msgspec.json.Decoder(_ValueVersion)
