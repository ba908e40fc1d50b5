"""The state of one watched source, as one frozen, serialisable value. Times in microseconds."""

from typing import Any

import msgspec

from schemas.alert import Alert, Status
from services.matcher.domain.windows.stored_value import StoredValue


class SourceState(StoredValue, frozen=True):
    """When a source last reported, and the alert of its last silence at its current revision.

    `offset` is that of the last message applied, `serial` the number of silences so far, `repeated`
    when hypotheses were last informed of a silence that lasts.
    """

    last_report: int
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
        """Whether the alert of its silence is firing."""
        return self.announced is not None and self.announced["status"] == Status.FIRING

    def with_alert(self, alert: Alert) -> "SourceState":
        """The state with `alert` as its last."""
        announced = alert.model_dump(mode="json", exclude_defaults=True)
        return msgspec.structs.replace(self, announced=announced)
