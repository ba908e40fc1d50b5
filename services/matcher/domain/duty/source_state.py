"""The state of one watched source, as one frozen, serialisable value. Times in microseconds."""

from typing import Any

import msgspec

from schemas.alert import Alert, Status

SOURCE_STATE_VERSION = 1


class SourceState(msgspec.Struct, frozen=True):
    """When a source last reported, and the alert of its last silence at its current revision.

    `offset` is that of the last message applied, `serial` the number of silences so far, `repeated`
    when hypotheses were last informed of a silence that lasts.
    """

    last_report: int
    version: int = SOURCE_STATE_VERSION
    offset: int = -1
    serial: int = 0
    repeated: int = 0
    announced: dict[str, Any] | None = None

    def __post_init__(self) -> None:
        if self.version != SOURCE_STATE_VERSION:
            raise ValueError(f"state of schema version {self.version}, not {SOURCE_STATE_VERSION}")

    @property
    def alert(self) -> Alert | None:
        """The last alert, firing or resolved."""
        return None if self.announced is None else Alert.model_validate(self.announced)

    @property
    def is_silent(self) -> bool:
        """Whether the alert of its silence is firing."""
        return self.announced is not None and self.announced["status"] == Status.FIRING

    def with_alert(self, alert: Alert) -> "SourceState":
        """The state with `alert` as its last."""
        announced = alert.model_dump(mode="json", exclude_defaults=True)
        return msgspec.structs.replace(self, announced=announced)


_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(SourceState)


def encode_source(state: SourceState) -> bytes:
    """The state as JSON."""
    return _ENCODER.encode(state)


def decode_source(raw: bytes) -> SourceState:
    """The state back from `encode_source`; keys that it does not know are ignored.

    Raises:
        msgspec.ValidationError: these bytes are no such state, or of another schema version.
    """
    return _DECODER.decode(raw)
