"""What each report is answered, and the status of the whole."""

from collections.abc import Sequence
from enum import StrEnum
from http import HTTPStatus

from schemas.model import Model
from services.ingest.domain.normalize import StoredEvent
from services.ingest.domain.refusal import Refusal


class ItemStatus(StrEnum):
    """What became of one report."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNACKNOWLEDGED = "unacknowledged"


class FieldError(Model):
    """What is wrong with one field; the empty name means the report as a whole."""

    field: str
    message: str


class ItemResult(Model):
    """What became of one report of the request, in its place."""

    id: str | None = None
    source: str | None = None
    status: ItemStatus
    errors: tuple[FieldError, ...] = ()


class Answer(Model):
    """The body of every answer: `error` for the request, `results` for its reports in order."""

    error: str | None = None
    results: tuple[ItemResult, ...] = ()


def result_of(report: StoredEvent | Refusal, fault: str | None = None) -> ItemResult:
    """The result of one report; `fault` is why Kafka did not acknowledge it."""
    if isinstance(report, Refusal):
        errors = tuple(FieldError(field=f.field, message=f.message) for f in report.faults)
        return ItemResult(
            id=report.id, source=report.source, status=ItemStatus.REFUSED, errors=errors
        )
    event = report.event
    if fault is None:
        return ItemResult(id=event.id, source=event.source, status=ItemStatus.ACCEPTED)
    errors = (FieldError(field="", message=fault),)
    status = ItemStatus.UNACKNOWLEDGED
    return ItemResult(id=event.id, source=event.source, status=status, errors=errors)


def status_of(results: Sequence[ItemResult]) -> HTTPStatus:
    """202 when what was not refused is acknowledged, 503 when not, 422 when all was refused."""
    outcomes = {result.status for result in results}
    if ItemStatus.UNACKNOWLEDGED in outcomes:
        return HTTPStatus.SERVICE_UNAVAILABLE
    everything_refused = outcomes == {ItemStatus.REFUSED}
    return HTTPStatus.UNPROCESSABLE_ENTITY if everything_refused else HTTPStatus.ACCEPTED


def answer_of(results: Sequence[ItemResult]) -> Answer:
    """The whole answer; its error is the first fault there is, when nothing was accepted."""
    if status_of(results) is HTTPStatus.ACCEPTED:
        return Answer(results=tuple(results))
    first = next(error for result in _worst_first(results) for error in result.errors)
    named = f"{first.field}: {first.message}" if first.field else first.message
    return Answer(error=named, results=tuple(results))


def _worst_first(results: Sequence[ItemResult]) -> list[ItemResult]:
    return sorted(results, key=lambda result: result.status is not ItemStatus.UNACKNOWLEDGED)
