"""The state of one source, as one frozen, serialisable value. Times in microseconds."""

from typing import Any

import msgspec

from schemas.alert import Alert, Status
from services.matcher.domain.duty.rhythm import Rhythm


class SourceState(msgspec.Struct, frozen=True):
    """The rhythm of a source, and the last alert of its silence, at its last revision.

    `offset` is that of the last message applied, `repeated` when hypotheses last heard of the
    silence that stands.
    """

    rhythm: Rhythm
    offset: int = -1
    serial: int = 0
    repeated: int = 0
    announced: dict[str, Any] | None = None

    @property
    def alert(self) -> Alert | None:
        """The last alert, firing or resolved."""
        return None if self.announced is None else Alert.model_validate(self.announced)

    @property
    def is_silent(self) -> bool:
        """Whether its silence has been told, and stands."""
        return self.announced is not None and self.announced["status"] == Status.FIRING

    def telling(self, alert: Alert) -> "SourceState":
        """The state with `alert` as its last."""
        told = alert.model_dump(mode="json", exclude_defaults=True)
        return msgspec.structs.replace(self, announced=told)


_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(SourceState)


def encode_source(state: SourceState) -> bytes:
    """The state as JSON."""
    return _ENCODER.encode(state)


def decode_source(raw: bytes) -> SourceState:
    """The state back from `encode_source`.

    Raises:
        msgspec.ValidationError: these bytes are no such state.
    """
    return _DECODER.decode(raw)
