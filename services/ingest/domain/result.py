"""What became of one report: accepted, refused, not acknowledged by Kafka, or skipped."""

from collections.abc import Mapping
from enum import StrEnum

from schemas.event import Event
from schemas.model import Model

LONGEST_ECHO = 1024


class ReportStatus(StrEnum):
    """What became of a report."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNACKNOWLEDGED = "unacknowledged"
    SKIPPED = "skipped"


class FieldError(Model):
    """What is wrong with one field; the empty name means the report as a whole."""

    field: str
    message: str

    @property
    def text(self) -> str:
        """`FIELD: MESSAGE`, or the message alone where it is of the whole."""
        return f"{self.field}: {self.message}" if self.field else self.message


class ReportResult(Model):
    """What became of one report, with the identity that it claims as far as it can be read."""

    id: str | None = None
    source: str | None = None
    status: ReportStatus
    errors: tuple[FieldError, ...] = ()


def refuse(body: Mapping[str, object], *errors: FieldError) -> ReportResult:
    """The result of a report that is not taken."""
    return ReportResult(
        id=_short_text(body.get("id")),
        source=_short_text(body.get("source")),
        status=ReportStatus.REFUSED,
        errors=errors,
    )


def accept(event: Event) -> ReportResult:
    """The result of an event that Kafka has."""
    return ReportResult(id=event.id, source=event.source, status=ReportStatus.ACCEPTED)


def skip(event: Event) -> ReportResult:
    """The result of a valid event whose strict request holds another report that is refused."""
    return ReportResult(id=event.id, source=event.source, status=ReportStatus.SKIPPED)


def leave_unacknowledged(event: Event, reason: str) -> ReportResult:
    """The result of an event that Kafka may not have; it may be sent again."""
    return ReportResult(
        id=event.id,
        source=event.source,
        status=ReportStatus.UNACKNOWLEDGED,
        errors=(FieldError(field="", message=reason),),
    )


def _short_text(value: object) -> str | None:
    return value if isinstance(value, str) and len(value) <= LONGEST_ECHO else None
