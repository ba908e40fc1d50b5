"""Values that the table stores as JSON, with the version of their schema."""

from typing import Self

import msgspec

SCHEMA_VERSION = 1
_ENCODER = msgspec.json.Encoder()


class StoredValue(msgspec.Struct, frozen=True, kw_only=True):
    """A frozen value; one of another schema version is refused, keys that it lacks are ignored."""

    version: int = SCHEMA_VERSION

    def __post_init__(self) -> None:
        if self.version != SCHEMA_VERSION:
            raise ValueError(f"state of schema version {self.version}, not {SCHEMA_VERSION}")

    def encode(self) -> bytes:
        """The value as JSON."""
        return _ENCODER.encode(self)

    @classmethod
    def decode(cls, raw: bytes) -> Self:
        """The value back from `encode`.

        Raises:
            msgspec.ValidationError: these bytes are no such value, or of another schema version.
        """
        return msgspec.json.decode(raw, type=cls)
